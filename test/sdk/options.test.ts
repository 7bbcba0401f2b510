import { afterAll, expect, test } from "vitest";
import { type GenerateOptions, loadModel } from "../../src/index";
import { CONFLICTS } from "../../worker/sampling/conflicts";
import { OPTIONS } from "../../worker/sampling/option-table";
import { fixed, script } from "../helpers/checkpoints";
import { listed } from "../helpers/texts";

const plain = { format: "f32", kernels: "simd", tokenizer: "huggingface" } as const;
const models = {
  /** Writes by the same scores at every position: id 0, `!`, is the best, and each next id is half a nat worse. */
  steady: loadModel(fixed([3, 2.5, 2, 1.5, 1, 0.5, 0, -0.5]), plain),
  /** Greedy writes 0, 1, 2 … by the position alone; the context is 64 long. */
  counting: loadModel(script(Array.from({ length: 64 }, (_, id) => id)), plain),
};
afterAll(async () => {
  for (const model of Object.values(models)) (await model).dispose();
});

type Model = keyof typeof models;

/** All that a run shows but for its times. */
async function seen(on: Model, options: GenerateOptions) {
  const run = (await models[on]).generate([7], options);
  const tokens = await listed(run.tokens());
  const { usage, ...result } = await run;
  return { ...result, newTokens: usage.newTokens, tokens };
}

const greedy: GenerateOptions = { temperature: 0, stopTokens: [], maxNewTokens: 5 };
const drawn: GenerateOptions = { seed: 1, stopTokens: [], maxNewTokens: 5 };
const penalised: GenerateOptions = { ...greedy, frequencyPenalty: 0.75 }; // writes 0 1 0 2 1
const beams: GenerateOptions = { ...greedy, numBeams: 2, stopTokens: [1] }; // writes 0 0 0 0 0
const all = (id: number) => ({ ids: [id, id, id, id, id] });
const each = (part: object) => ({ tokens: Array.from({ length: 5 }, () => expect.objectContaining(part)) });
const upTo = (length: number) => Array.from({ length }, (_, id) => id);

interface Row<T> {
  /** What else is set. */
  to: GenerateOptions;
  on?: Model;
  /** A value, and what it gives. */
  value: T;
  shows: object;
  /** The text is the same, and how it comes about is seen elsewhere. */
  sameText?: true;
  /** The value that changes nothing here. */
  nothing: T | undefined;
  bad: unknown;
}

/** THE TABLE: every option, so that a new one has no place until it has a row. */
const ROWS: { [K in keyof Required<GenerateOptions>]: Row<GenerateOptions[K]> } = {
  logitBias: { to: greedy, value: { 3: 10 }, shows: all(3), nothing: {}, bad: { 8: 1 } },
  repetitionPenalty: {
    to: { ...greedy, maxNewTokens: 3 },
    value: 2,
    shows: { ids: [0, 1, 2] },
    nothing: 1,
    bad: 0,
  },
  presencePenalty: { to: greedy, value: 0.75, shows: { ids: [0, 1, 0, 0, 0] }, nothing: 0, bad: 101 },
  frequencyPenalty: { to: greedy, value: 0.75, shows: { ids: [0, 1, 0, 2, 1] }, nothing: 0, bad: "1" },
  penaltyWindow: { to: penalised, value: 1, shows: { ids: [0, 1, 0, 1, 0] }, nothing: Infinity, bad: -1 },
  noRepeatNgramSize: { to: greedy, value: 1, shows: { ids: [0, 1, 2, 3, 4] }, nothing: 0, bad: 1.5 },
  badWords: { to: greedy, value: ["!"], shows: all(1), nothing: [], bad: [[]] },
  allowedTokens: { to: greedy, value: [6, 4], shows: all(4), nothing: undefined, bad: [] },
  constraint: { to: greedy, value: { regex: "##" }, shows: { ids: [2, 2], text: "##" }, nothing: undefined, bad: {} },
  temperature: { to: drawn, value: 0, shows: all(0), nothing: 1, bad: -1 },
  topK: { to: drawn, value: 1, shows: all(0), nothing: 0, bad: 0.5 },
  topP: { to: drawn, value: 0.1, shows: all(0), nothing: 1, bad: 1.1 },
  minP: { to: drawn, value: 1, shows: all(0), nothing: 0, bad: -0.1 },
  // The surprise of id 1, 1.41 nats, is the nearest to the entropy, 1.61.
  typicalP: { to: drawn, value: 0.1, shows: all(1), nothing: 1, bad: 2 },
  seed: { to: drawn, value: 2, shows: { newTokens: 5 }, nothing: 1, bad: -1 },
  stats: {
    to: { ...drawn, topK: 3 },
    value: true,
    shows: each({ stages: [expect.objectContaining({ stage: "topK", kept: 3 })] }),
    nothing: false,
    bad: 1,
  },
  logprobs: {
    to: greedy,
    value: 1,
    // ln(1 / Σ e^(-i/2), i = 0 … 7)
    shows: each({ logprob: expect.closeTo(-0.9142, 3), top: [expect.objectContaining({ id: 0, text: "!" })] }),
    nothing: 0,
    bad: true,
  },
  maxNewTokens: {
    to: { temperature: 0, stopTokens: [], stop: "!!!!" },
    value: 2,
    shows: { text: "!!", finishReason: "length" },
    nothing: Infinity,
    bad: -1,
  },
  stop: { to: penalised, value: "#", shows: { text: '!"!', finishReason: "stop-text" }, nothing: [], bad: "" },
  stopTokens: {
    to: penalised,
    value: [3, 2],
    shows: { ids: [0, 1, 0], finishReason: "stop-token" },
    nothing: [],
    bad: [8],
  },
  maxTime: { to: greedy, value: 0, shows: { ids: [], finishReason: "time" }, nothing: Infinity, bad: -1 },
  signal: {
    to: greedy,
    value: AbortSignal.abort(),
    shows: { ids: [], finishReason: "aborted" },
    nothing: new AbortController().signal,
    bad: {},
  },
  n: {
    to: drawn,
    value: 2,
    shows: { newTokens: 10, sequences: [{ text: expect.stringMatching(/^.{5}$/) }, { finishReason: "length" }] },
    nothing: 1,
    bad: 0,
  },
  numBeams: {
    to: greedy,
    value: 2,
    shows: { ...all(0), sequences: [{ score: expect.closeTo(-0.9142, 3) }] },
    nothing: 1,
    bad: 65,
  },
  // A sum that no length divides: ending at once, for -1.41, is better than five times -0.91.
  lengthPenalty: { to: beams, value: 0, shows: { ids: [], finishReason: "stop-token" }, nothing: 1, bad: NaN },
  // Two have ended after the second token.
  earlyStopping: { to: beams, value: true, shows: { ids: [0], finishReason: "stop-token" }, nothing: false, bad: "no" },
  speculate: { to: greedy, value: 4, shows: all(0), sameText: true, nothing: 0, bad: 16 },
  onContextFull: {
    on: "counting",
    to: { ...greedy, maxNewTokens: 66 },
    value: "slide",
    shows: { ids: [...upTo(64), 31, 32], finishReason: "length" },
    nothing: "stop",
    bad: "shift",
  },
  keepPrefix: {
    on: "counting",
    to: { ...greedy, maxNewTokens: 66, onContextFull: "slide" },
    value: 10, // and the latest half of the other 54
    shows: { ids: [...upTo(64), 36, 37] },
    nothing: 0,
    bad: 63,
  },
  trace: {
    to: greedy,
    value: { hooks: ["ln_final.normalized"] },
    shows: each({ activations: expect.objectContaining({ "ln_final.normalized": expect.anything() }) }),
    nothing: undefined,
    bad: false,
  },
  interventions: {
    on: "counting",
    to: greedy,
    value: [{ ablate: "pos_embed" }],
    shows: all(0),
    nothing: [],
    bad: [{}],
  },
};

test.each(Object.entries(ROWS))("%s does what it says, nothing, or throws", async (name, row: Row<unknown>) => {
  const { on = "steady", to, value, shows, sameText, nothing, bad } = row;
  const without = await seen(on, to);
  const changed = await seen(on, { ...to, [name]: value });
  expect(changed).toMatchObject(shows);
  if (!sameText) expect(changed).not.toEqual(without);
  expect(await seen(on, { ...to, [name]: nothing })).toEqual(without);
  const refused = seen(on, { ...to, [name]: bad });
  await expect(refused).rejects.toThrow(TypeError);
  await expect(refused).rejects.toThrow(new RegExp(`\\b${name}: found .+; allowed`));
});

test("each option has a row", () => {
  expect(Object.keys(ROWS).sort()).toEqual([...Object.keys(OPTIONS), "trace", "interventions"].sort());
});

/** Options that can't work together, and the two that the error names; the rows are in the order of `CONFLICTS`. */
const REFUSED: readonly [GenerateOptions, string, string][] = [
  [{ n: 3, numBeams: 2 }, "n", "numBeams"],
  [{ n: 2, temperature: 0 }, "n", "temperature"],
  [{ numBeams: 2, temperature: 0.5 }, "temperature", "numBeams"],
  [{ numBeams: 2, topK: 5 }, "topK", "numBeams"],
  [{ numBeams: 2, topP: 0.9 }, "topP", "numBeams"],
  [{ numBeams: 2, minP: 0.1 }, "minP", "numBeams"],
  [{ numBeams: 2, typicalP: 0.9 }, "typicalP", "numBeams"],
  [{ numBeams: 2, stats: true }, "stats", "numBeams"],
  [{ numBeams: 2, speculate: 4 }, "speculate", "numBeams"],
  [{ numBeams: 2, onContextFull: "slide" }, "onContextFull", "numBeams"],
  [{ lengthPenalty: 2 }, "lengthPenalty", "numBeams"],
  [{ earlyStopping: true }, "earlyStopping", "numBeams"],
  [{ penaltyWindow: 5 }, "penaltyWindow", "repetitionPenalty"],
  [{ keepPrefix: 3 }, "keepPrefix", "onContextFull"],
  [{ allowedTokens: [1, 2], badWords: [[1], [2]] }, "allowedTokens", "badWords"],
];

/** What looks inside takes one sequence at a time. */
const ALONE: typeof REFUSED = [
  [{ n: 2, interventions: [] }, "n", "interventions"],
  [{ numBeams: 2, trace: { hooks: true } }, "numBeams", "trace"],
  [{ speculate: 2, trace: { hooks: true } }, "speculate", "trace"],
];

test("options that can't work together are refused by both names", async () => {
  expect(REFUSED).toHaveLength(CONFLICTS.length);
  for (const [options, one, other] of [...REFUSED, ...ALONE]) {
    const refused = seen("steady", options);
    await expect(refused, `${one}, ${other}`).rejects.toThrow(TypeError);
    await expect(refused).rejects.toThrow(new RegExp(`^${one}: found .+\\b${other}\\b`));
  }
});
