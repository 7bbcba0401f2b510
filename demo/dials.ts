import type { Settings } from "./settings";

type NumberKey = { [K in keyof Settings]-?: Settings[K] extends number ? K : never }[keyof Settings];

/** One dial of the page. */
export interface Dial {
  key: NumberKey;
  label: string;
  kind: "range" | "number";
  min: number;
  max: number;
  step: number;
  /** Where the option does nothing, so it need not be sent; without, it always is. */
  off?: number;
  hint: string;
  /** In sight from the start; the others wait behind "More". */
  open?: true;
  /** Says how a token is drawn, which a search does not do. */
  draws?: true;
}

/** Every dial, in the page's order. */
export const DIALS: readonly Dial[] = [
  {
    key: "temperature",
    label: "Temperature",
    kind: "range",
    min: 0,
    max: 2,
    step: 0.05,
    hint: "0 always takes the likeliest token",
    open: true,
    draws: true,
  },
  {
    key: "topP",
    label: "Top-p",
    kind: "range",
    min: 0.05,
    max: 1,
    step: 0.01,
    off: 1,
    hint: "the fewest tokens that together are this likely; 1 keeps all",
    open: true,
    draws: true,
  },
  {
    key: "minP",
    label: "Min-p",
    kind: "range",
    min: 0,
    max: 1,
    step: 0.01,
    off: 0,
    hint: "drops what is less likely than this share of the likeliest",
    draws: true,
  },
  {
    key: "typicalP",
    label: "Typical-p",
    kind: "range",
    min: 0.05,
    max: 1,
    step: 0.01,
    off: 1,
    hint: "keeps tokens about as surprising as the model expects",
    draws: true,
  },
  {
    key: "topK",
    label: "Top-k",
    kind: "number",
    min: 0,
    max: 1000,
    step: 1,
    off: 0,
    hint: "so many of the likeliest; 0 keeps all",
    draws: true,
  },
  {
    key: "repetitionPenalty",
    label: "Repetition penalty",
    kind: "range",
    min: 1,
    max: 2,
    step: 0.01,
    off: 1,
    hint: "makes tokens already there less likely",
  },
  {
    key: "presencePenalty",
    label: "Presence penalty",
    kind: "range",
    min: -2,
    max: 2,
    step: 0.1,
    off: 0,
    hint: "once for a token already there",
  },
  {
    key: "frequencyPenalty",
    label: "Frequency penalty",
    kind: "range",
    min: -2,
    max: 2,
    step: 0.1,
    off: 0,
    hint: "again each time it is there",
  },
  {
    key: "noRepeatNgramSize",
    label: "No-repeat n-gram",
    kind: "number",
    min: 0,
    max: 50,
    step: 1,
    off: 0,
    hint: "so many tokens in a row come only once; 0 allows all",
  },
  { key: "n", label: "Texts", kind: "number", min: 1, max: 8, step: 1, off: 1, hint: "so many from the same words" },
  {
    key: "numBeams",
    label: "Beams",
    kind: "number",
    min: 1,
    max: 16,
    step: 1,
    off: 1,
    hint: "from 2 on searches the likeliest text instead of drawing, and shows it at the end",
  },
  { key: "maxNewTokens", label: "New tokens", kind: "number", min: 1, max: 100000, step: 1, hint: "at most" },
];

/** How many digits after the point a dial shows, so that its number never changes width. */
export function placesOf({ step }: Dial): number {
  return step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
}
