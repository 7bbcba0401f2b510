import { expect, test } from "vitest";
import { randomLogits, samplerOf } from "./fixed";

const four = Float32Array.from([0.4, 0.3, 0.2, 0.1].map(Math.log));
const stages = (options: object, ids = [0], mask?: Uint32Array) =>
  samplerOf(4, { ...options, stats: true }).sample(four, { ids, promptLength: 1 }, mask).stages;

test("each stage that is on reports what it kept and the mass that it removed", () => {
  const found = stages({
    badWords: [[3]],
    temperature: 0.5,
    topK: 2,
    topP: 0.1,
    minP: 1e-9,
    typicalP: 0.99,
    logitBias: { 0: 0 },
  });
  expect(found?.map(({ stage, kept }) => [stage, kept])).toEqual([
    ["logitBias", 4],
    ["badWords", 3],
    ["temperature", 3],
    ["topK", 2],
    ["topP", 1],
    ["minP", 1],
    ["typicalP", 1],
  ]);
  // after the temperature the weights are .16 .09 .04
  const removed = [0, 0.1, 0, 4 / 29, 9 / 25, 0, 0];
  found?.forEach((one, i) => void expect(one.removed, one.stage).toBeCloseTo(removed[i] as number, 6));
});

test("temperature 0 keeps one, a mask is a stage, and what is left out says so", () => {
  expect(stages({ temperature: 0 })).toEqual([{ stage: "temperature", kept: 1, removed: expect.closeTo(0.6, 6) }]);
  expect(stages({ noRepeatNgramSize: 1 }, [0, 1], Uint32Array.of(3))).toEqual([
    { stage: "noRepeatNgramSize", kept: 4, removed: 0, leftOut: true },
    { stage: "constraint", kept: 2, removed: expect.closeTo(0.3, 6) },
  ]);
  expect(stages({})).toEqual([]);
  expect(samplerOf(4, {}).sample(four, { ids: [], promptLength: 0 }).stages).toBeUndefined();
});

test("asking for it changes no id", () => {
  const logits = randomLogits(500, 3);
  for (const options of [
    {},
    { topP: 0.8 },
    { topK: 20, repetitionPenalty: 1.2 },
    { typicalP: 0.6 },
    { temperature: 0 },
  ]) {
    const [plain, watched] = [false, true].map((stats) => {
      const sampler = samplerOf(500, { ...options, stats });
      return Array.from({ length: 200 }, () => sampler.sample(logits, { ids: [1, 2], promptLength: 1 }).id);
    });
    expect(watched).toEqual(plain);
  }
});
