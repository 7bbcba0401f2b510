import { expect, test } from "vitest";
import { NOTES } from "../../worker/sampling/option-notes";
import { OPTIONS } from "../../worker/sampling/option-table";
import { resolveOptions } from "../../worker/sampling/options";
import { ORDER } from "../../worker/sampling/stages";

const context = {
  vocabSize: 100,
  contextLength: 64,
  stopTokens: [99],
  encode: (text: string) => [...text].map(() => 7),
};
const resolve = (options: object) => resolveOptions(options, context);

const BAD: { [K in keyof typeof OPTIONS]: readonly unknown[] } = {
  logitBias: [
    { 100: 5 },
    { "-1": 5 },
    { "1.5": 5 },
    { x: 5 },
    { 3: NaN },
    { 3: "5" },
    { 3: Infinity },
    { "03": 1 },
    new Map([[3, 5]]),
    new Set([3]),
    [1],
    4,
    null,
  ],
  repetitionPenalty: [0, -1, NaN, Infinity, "1", null],
  presencePenalty: [101, NaN, "0", null],
  frequencyPenalty: [-101, Infinity, true],
  penaltyWindow: [-1, 1.5, NaN, "all"],
  noRepeatNgramSize: [-1, 0.5, Infinity, "2"],
  badWords: ["word", [[]], [""], [[100]], [[1.5]], [5], {}],
  allowedTokens: [[], [100], [-1], [1.5], ["1"], 5],
  constraint: [
    {},
    { regex: "a", jsonSchema: {} },
    { regex: 5 },
    { jsonSchema: "x" },
    { jsonSchema: null },
    { jsonSchema: new Map([["type", "integer"]]) },
    { grammar: "" },
    "a",
    null,
  ],
  temperature: [-1, NaN, Infinity, "0.7", null, 1n],
  topK: [-1, 1.5, Infinity, NaN, "50"],
  topP: [-0.1, 1.1, NaN, "1"],
  minP: [-0.1, 1.1, NaN],
  typicalP: [-0.1, 1.1, NaN],
  seed: [-1, 2 ** 32, 2 ** 53, 0.5, NaN, "1", 1n],
  stats: [1, "yes", null],
  logprobs: [-1, 1.5, true, Infinity],
  maxNewTokens: [-1, 1.5, NaN, "60", null],
  stop: ["", [""], ["a", ""], [1], 5],
  stopTokens: [[100], [-1], ["a"], 5, "a"],
  maxTime: [-1, NaN, "1s"],
  signal: [{}, new AbortController(), true],
  n: [0, 1.5, 65, NaN],
  numBeams: [0, 2.5, 65],
  lengthPenalty: [NaN, Infinity, "1"],
  earlyStopping: [1, "always"],
  speculate: [-1, 16, 0.5],
  onContextFull: ["shift", true],
  keepPrefix: [-1, 63, 1.5],
};

const cases = Object.entries(BAD).flatMap(([name, values]) => values.map((value) => [name, value] as const));

test.each(cases)("%s refuses %o by name, with what is allowed", (name, value) => {
  expect(() => resolve({ [name]: value })).toThrow(TypeError);
  expect(() => resolve({ [name]: value })).toThrow(new RegExp(`^${name}: found .+; allowed: .+`));
});

test("every default passes its own check, and undefined means not given", () => {
  const defaults = resolve({ seed: 1 });
  for (const [name, row] of Object.entries(OPTIONS)) {
    const value = defaults[name as keyof typeof defaults];
    if (value !== undefined) expect(row.check.fault(value, context), name).toBeUndefined();
    expect(resolve({ seed: 1, [name]: name === "seed" ? 1 : undefined }), name).toEqual(defaults);
    const { doNothing } = NOTES[name as keyof typeof NOTES];
    if (doNothing !== undefined) expect(row.check.fault(doNothing, context), name).toBeUndefined();
  }
});

test("zero is not taken for not given", () => {
  const zeros = { temperature: 0, maxNewTokens: 0, topP: 0, seed: 0, penaltyWindow: 0, typicalP: 0, maxTime: 0 };
  expect(resolve({ ...zeros, presencePenalty: 1 })).toMatchObject(zeros);
});

test("the defaults are the documented ones", () => {
  expect(resolve({ seed: 5 })).toEqual({
    ...Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, undefined])),
    ...{ maxNewTokens: 128, temperature: 1, topK: 0, topP: 1, minP: 0, typicalP: 1, seed: 5, n: 1, numBeams: 1 },
    ...{ repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, penaltyWindow: Infinity, noRepeatNgramSize: 0 },
    ...{ logitBias: {}, badWords: [], stop: [], stopTokens: [99], maxTime: Infinity, lengthPenalty: 1 },
    ...{ earlyStopping: false, logprobs: 0, onContextFull: "stop", keepPrefix: 0, speculate: 0, stats: false },
  });
});

test("without a seed one is drawn", () => {
  expect(resolve({}).seed).not.toBe(resolve({}).seed);
});

test("a stop text may be given alone, bad words as text are encoded with and without a space", () => {
  expect(resolve({ stop: "END" }).stop).toEqual(["END"]);
  expect(resolve({ badWords: ["ab", [1, 2]] }).badWords).toEqual([
    [7, 7],
    [7, 7, 7],
    [1, 2],
  ]);
  expect(() => resolveOptions({ badWords: ["ab"] }, { vocabSize: 100, contextLength: 64 })).toThrow(
    /^badWords: found "ab"/,
  );
});

test.each([
  ["top_p", "topP"],
  ["maxTokens", "maxNewTokens"],
  ["temprature", "temperature"],
  ["repetition_penalty", "repetitionPenalty"],
  ["num_beams", "numBeams"],
])("%s is no option: did you mean %s?", (name, known) => {
  expect(() => resolve({ [name]: 1 })).toThrow(
    new TypeError(`${name} is not an option of generate(); did you mean ${known}?`),
  );
});

test("a name that is like none lists them all", () => {
  expect(() => resolve({ frobnicate: 1 })).toThrow(/frobnicate is not an option .*temperature, topK/);
  expect(() => resolve(JSON.parse('{"__proto__": 1}'))).toThrow(TypeError);
  expect(() => resolve({ toString: 1 })).toThrow(TypeError);
});

test.each([
  [{ numBeams: 2, n: 3 }, "n"],
  [{ n: 2, temperature: 0 }, "n"],
  [{ numBeams: 2, temperature: 0.7 }, "temperature"],
  [{ numBeams: 2, topK: 5 }, "topK"],
  [{ numBeams: 2, topP: 0.5 }, "topP"],
  [{ numBeams: 2, minP: 0.5 }, "minP"],
  [{ numBeams: 2, typicalP: 0.5 }, "typicalP"],
  [{ numBeams: 2, stats: true }, "stats"],
  [{ numBeams: 2, speculate: 3 }, "speculate"],
  [{ lengthPenalty: 2 }, "lengthPenalty"],
  [{ earlyStopping: true }, "earlyStopping"],
  [{ keepPrefix: 2 }, "keepPrefix"],
  [{ allowedTokens: [1, 2], badWords: [[1], [2]] }, "allowedTokens"],
])("%o can't work together", (options, name) => {
  expect(() => resolve(options)).toThrow(TypeError);
  expect(() => resolve(options)).toThrow(new RegExp(`^${name}: found`));
});

test.each([
  { numBeams: 2, n: 2, temperature: 0, lengthPenalty: 0.6, earlyStopping: "never" },
  { numBeams: 2, temperature: 1, topK: 0, topP: 1 },
  { n: 4 },
  { onContextFull: "slide", keepPrefix: 4 },
  { constraint: { regex: /a+/ } },
  { constraint: { jsonSchema: true } },
  { allowedTokens: [1], badWords: [[1, 2], [2]] }, // 1 alone is no bad word
  { signal: new AbortController().signal },
])("%o is accepted", (options) => {
  expect(resolve(options)).toMatchObject(options);
});

test("the order names each staged option once", () => {
  const staged = Object.entries(NOTES).filter(([name, { acts }]) => acts === "stage" && name !== "penaltyWindow");
  expect([...ORDER].sort()).toEqual(staged.map(([name]) => name).sort());
});
