import type { Settings } from "./settings";

/** The model beside this page. */
export const EMBEDDED = { name: "the story model", source: "./model/" } as const;

/** Sampling at which the embedded model reads best; without a penalty it goes round in circles. */
export const DEFAULTS: Settings = {
  temperature: 0.7,
  topP: 1,
  topK: 0,
  minP: 0.08,
  typicalP: 1,
  repetitionPenalty: 1.12,
  presencePenalty: 0,
  frequencyPenalty: 0,
  noRepeatNgramSize: 0,
  n: 1,
  numBeams: 1,
  maxNewTokens: 150,
  stop: [],
  badWords: [],
  constraint: "",
  other: "",
  onContextFull: "slide",
};

/** Beginnings that show the embedded model at its best. */
export const STARTS = ["Once upon a time", "The old fox said,", "The little rabbit"] as const;

/** How many alternatives each token carries. */
export const ALTERNATIVES = 5;
