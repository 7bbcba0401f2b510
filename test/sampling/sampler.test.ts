import { expect, test } from "vitest";
import { kept, randomLogits, run, samplerOf } from "./fixed";

const wide = Array.from({ length: 81 }, (_, i) => i - 40);
const four = [0.4, 0.3, 0.2, 0.1].map(Math.log);
const only = (id: number, times: number): number[] => Array(times).fill(id);

test.each([
  { temperature: 1e-4 },
  { temperature: 1e-38 },
  { temperature: 5e-324 },
  { topP: 1e-4 },
  { topP: 1e-9 },
  { topP: 0 },
])("%o gives the best token alone", (options) => {
  expect(run(wide, options, 50)).toEqual(only(80, 50));
});

test("no log-probability is NaN or above 0, at any temperature", () => {
  for (const temperature of [0, 5e-324, 1e-38, 1, 1e308]) {
    const sampler = samplerOf(wide.length, { temperature, logprobs: 81 });
    const { logprob, top } = sampler.sample(Float32Array.from(wide), { ids: [0], promptLength: 1 });
    for (const p of [logprob, ...(top ?? []).map((one) => one.logprob)]) expect((p ?? Number.NaN) <= 0).toBe(true);
  }
});

test("top-p keeps the smallest set that reaches p, and every token of it occurs", () => {
  const set = (options: object): number[] => [...new Set(run(four, options, 400))].sort();
  expect(set({ topP: 0.6 })).toEqual([0, 1]);
  expect(set({ topP: 0.75 })).toEqual([0, 1, 2]);
  expect(set({ topP: 0.95 })).toEqual([0, 1, 2, 3]);
  expect(set({ topP: 1 })).toEqual([0, 1, 2, 3]);
  expect(kept([1, 1, 1, 1], { topP: 0.5 })).toEqual([0, 1]); // of equal ones the lower ids
});

test.each([
  { temperature: 1 },
  { topK: 0 },
  { topP: 1 },
  { minP: 0 },
  { typicalP: 1 },
  { repetitionPenalty: 1 },
  { presencePenalty: 0 },
  { frequencyPenalty: 0 },
  { penaltyWindow: Infinity },
  { noRepeatNgramSize: 0 },
  { logitBias: {} },
  { badWords: [] },
])("%o draws the same ids as without the option", (options) => {
  expect(run(four, options, 400)).toEqual(run(four, {}, 400));
});

test("seed 0 is a seed: the same ids twice, others than seed 1's", () => {
  expect(run(four, { seed: 0 }, 50)).toEqual(run(four, { seed: 0 }, 50));
  expect(run(four, { seed: 0 }, 50)).not.toEqual(run(four, { seed: 1 }, 50));
});

test("without a seed two samplers draw different ids", () => {
  expect(run(four, { seed: undefined }, 100)).not.toEqual(run(four, { seed: undefined }, 100));
});

test("temperature 0 takes the first of equal best tokens", () => {
  expect(run([1, 5, 5, 2], { temperature: 0 }, 3)).toEqual([1, 1, 1]);
  expect(run([...only(0, 300), 5, 5], { temperature: 0 }, 1)).toEqual([300]);
});

test("the repetition penalty counts a token once and multiplies negative scores", () => {
  const options = { temperature: 0, repetitionPenalty: 1.5 };
  expect(run([-1, -1.2, -3, -4], options, 6)).toEqual([1, 0, 0, 0, 0, 0]);
});

test.each([[[3]], [[0, 0, 0, 0]]])("frequency and presence penalty see generated tokens only: prompt %o", (prompt) => {
  expect(run([3, 2, 0, 0], { temperature: 0, frequencyPenalty: 0.4 }, 8, prompt)).toEqual([0, 0, 0, 1, 0, 1, 0, 1]);
  expect(run([3, 2, 0, 0], { temperature: 0, presencePenalty: 0.4 }, 8, prompt)).toEqual(only(0, 8));
});

test("a penalty window forgets what is older", () => {
  const options = { temperature: 0, repetitionPenalty: 2 };
  expect(kept([3, 2, 1], options, [0, 1, 2])).toEqual([0]);
  expect(run([3, 2, 1, 0], { ...options, penaltyWindow: 1 }, 4, [0])).toEqual([1, 0, 1, 0]);
  expect(run([3, 2, 1, 0], { ...options, penaltyWindow: 0 }, 4, [0])).toEqual([0, 0, 0, 0]);
  const presence = { temperature: 0, presencePenalty: 2 };
  expect(run([3, 2, 0, 0], presence, 4)).toEqual([0, 1, 0, 0]);
  expect(run([3, 2, 0, 0], { ...presence, penaltyWindow: 1 }, 4)).toEqual([0, 1, 0, 1]);
});

test("top-k keeps the best, and what ties with the last of them", () => {
  expect(kept([1, 4, 3, 2], { topK: 2 })).toEqual([1, 2]);
  expect(kept([1, 4, 3, 3], { topK: 2 })).toEqual([1, 2, 3]);
  expect(kept([1, 4, 3, 3], { topK: 99 })).toEqual([0, 1, 2, 3]);
});

test("min-p keeps what is at least so many times as probable as the best", () => {
  expect(kept(four, { minP: 0.5 })).toEqual([0, 1, 2]);
  expect(kept(four, { minP: 0.51 })).toEqual([0, 1]);
  expect(kept(four, { minP: 1 })).toEqual([0]);
});

test("typical-p keeps what is nearest to the entropy first", () => {
  // entropy of .7 .1 .1 .05 .05 is 0.999 nats; surprises are .357 2.303 2.303 2.996 2.996
  const logits = [0.7, 0.1, 0.1, 0.05, 0.05].map(Math.log);
  expect(kept(logits, { typicalP: 0.5 })).toEqual([0]);
  expect(kept(logits, { typicalP: 0.75 })).toEqual([0, 1, 2]);
  expect(kept(logits, { typicalP: 0.95 })).toEqual([0, 1, 2, 3, 4]);
  // entropy of .5 and fifty times .01 is 2.65: a token of .01 (4.61) is as near as the one of .5 (0.69)
  expect(kept([0.5, ...only(0.01, 50)].map(Math.log), { typicalP: 0.3 }).includes(0)).toBe(true);
  expect(kept([0.3, ...only(0.01, 70)].map(Math.log), { typicalP: 0.3 }).includes(0)).toBe(false);
  // 1 and 30,000 times e^-10, 0.42 and 0.58 of the whole: the mean is at -5.8, nearer to the many
  const many = kept([0, ...only(-10, 30_000)], { typicalP: 0.3 });
  expect([many.length, many[0]]).toEqual([30_000, 1]);
});

test("top-p with min-p keeps the same however large the logits are", () => {
  for (const shift of [-1000, 0, 5, 1000]) {
    const shifted = [0.4, 0.3, 0.2, 0.06, 0.04].map((p) => Math.log(p) + shift);
    expect(kept(shifted, { topP: 0.85, minP: 0.1 })).toEqual([0, 1, 2]);
  }
});

test("at a temperature beyond what numbers hold, only tokens that are allowed are drawn", () => {
  const logits = new Float32Array(70);
  logits[67] = -1.4e-45;
  for (const temperature of [5e-324, 1.7e308]) {
    const sampler = samplerOf(70, { temperature, allowedTokens: [0, 67] });
    const history = { ids: [], promptLength: 0 };
    for (let i = 0; i < 50; i++) expect([0, 67]).toContain(sampler.sample(logits, history).id);
  }
});

test("no run of n tokens occurs twice", () => {
  expect(kept([1, 1, 1, 1], { noRepeatNgramSize: 3 }, [0, 1, 2, 3, 0, 1])).toEqual([0, 1, 3]);
  expect(kept([1, 1, 1, 1], { noRepeatNgramSize: 1 }, [0, 1])).toEqual([2, 3]);
  expect(kept([1, 1, 1, 1], { noRepeatNgramSize: 3 }, [0])).toEqual([0, 1, 2, 3]);
});

test("bad words are not completed", () => {
  expect(kept([1, 1, 1, 1], { badWords: [[2]] })).toEqual([0, 1, 3]);
  expect(kept([1, 1, 1, 1], { badWords: [[1, 2]] }, [0, 1])).toEqual([0, 1, 3]);
  expect(kept([1, 1, 1, 1], { badWords: [[1, 2]] }, [1, 0])).toEqual([0, 1, 2, 3]);
  expect(kept([1, 1, 1, 1], { badWords: [[3, 0, 1, 2]] }, [0, 1])).toEqual([0, 1, 2, 3]);
});

test("allowed tokens and a mask leave only what both allow", () => {
  expect(kept([1, 1, 1, 1], { allowedTokens: [1, 3] })).toEqual([1, 3]);
  const sampler = samplerOf(100, { allowedTokens: [1, 64, 99] });
  const logits = new Float32Array(100);
  const mask = Uint32Array.of(0xffffffff, 0, 1, 0);
  expect([...sampler.distribution(logits, { ids: [], promptLength: 0 }, mask).ids]).toEqual([1, 64]);
});

test("a bias is added to the score", () => {
  expect(run([1, 2, 3, 4], { temperature: 0, logitBias: { 0: 100 } }, 2)).toEqual([0, 0]);
  expect(run([1, 2, 3, 4], { temperature: 0, logitBias: { 3: -2.5 } }, 2)).toEqual([2, 2]);
  expect(kept([-Infinity, 1, 2], { logitBias: { 0: 5 }, allowedTokens: [0] })).toEqual([1, 2]); // what is out stays out
});

test("a rule that would leave no token gives way to the stronger one", () => {
  const logits = [1, 2, 3, 4];
  expect(kept(logits, { noRepeatNgramSize: 1 }, [0, 1, 2, 3])).toEqual([0, 1, 2, 3]);
  expect(kept(logits, { allowedTokens: [1, 2], badWords: [[1]], noRepeatNgramSize: 1 }, [2])).toEqual([2]);
  expect(kept(logits, { allowedTokens: [1], noRepeatNgramSize: 1 }, [1])).toEqual([1]);
});

test("the log-probability is the model's own, whatever the options", () => {
  const draw = (options: object) =>
    samplerOf(4, options).sample(Float32Array.from(four), { ids: [0, 0], promptLength: 1 });
  const strong = { temperature: 5, topK: 2, repetitionPenalty: 9, logitBias: { 0: 50 }, logprobs: 2 };
  const { id, logprob, top } = draw(strong);
  expect(id).toBe(0);
  expect(logprob).toBeCloseTo(Math.log(0.4), 6);
  expect(top?.map((one) => one.id)).toEqual([0, 1]);
  expect(top?.[1]?.logprob).toBeCloseTo(Math.log(0.3), 6);
  expect(draw({}).top).toBeUndefined();
});

test("of equally probable alternatives the lower ids are listed", () => {
  const { top } = samplerOf(200, { logprobs: 3 }).sample(new Float32Array(200), { ids: [], promptLength: 0 });
  expect(top?.map(({ id }) => id)).toEqual([0, 1, 2]);
});

test("the logits stay as they were", () => {
  const logits = Float32Array.from(four);
  samplerOf(4, { repetitionPenalty: 2, badWords: [[1]], topK: 2 }).sample(logits, { ids: [0], promptLength: 1 });
  expect([...logits]).toEqual([...Float32Array.from(four)]);
});

test("a NaN or an infinity among the logits is refused", () => {
  for (const bad of [NaN, Infinity]) {
    const history = { ids: [], promptLength: 0 };
    for (const call of ["sample", "process"] as const)
      expect(() => samplerOf(3, {})[call](Float32Array.of(1, bad, 2), history), call).toThrow(/largest logit is/);
  }
});

test.each([
  {},
  { temperature: 0.3 },
  { temperature: 3, topP: 0.9 },
  { topK: 5 },
  { topK: 40, topP: 0.8, temperature: 0.8 },
  { minP: 0.05 },
  { topP: 0.95, minP: 0.02 },
  { typicalP: 0.5 },
  { topP: 0.9, typicalP: 0.7 },
  { topK: 1000, repetitionPenalty: 1.3 },
])("20,000 draws with %o follow the filtered distribution (chi-squared)", (options) => {
  const logits = randomLogits(300, 7, 2);
  const history = { ids: [1, 2, 3, 4], promptLength: 2 };
  const sampler = samplerOf(300, { ...options, seed: 11 });
  const { ids, probabilities } = sampler.distribution(logits, history);
  const found = new Map<number, number>();
  const draws = 20000;
  for (let i = 0; i < draws; i++) {
    const { id } = sampler.sample(logits, history);
    found.set(id, (found.get(id) ?? 0) + 1);
  }
  let chi = 0;
  let cells = 0;
  let restFound = draws;
  let restExpected = draws;
  ids.forEach((id, i) => {
    const expected = (probabilities[i] ?? 0) * draws;
    const seen = found.get(id) ?? 0;
    found.delete(id);
    if (expected < 5) return;
    chi += (seen - expected) ** 2 / expected;
    cells++;
    restFound -= seen;
    restExpected -= expected;
  });
  if (restExpected >= 5) chi += (restFound - restExpected) ** 2 / restExpected;
  expect([...found.keys()]).toEqual([]);
  // the mean of chi-squared is its degrees of freedom, its variance twice that: five deviations away is 1 in a million
  expect(chi).toBeLessThan(cells + 5 * Math.sqrt(2 * cells) + 8);
});
