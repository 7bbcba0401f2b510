import { expect, test } from "vitest";
import { createModel, type GPTConfigInput } from "../../src/index";
import { readSafetensors } from "../helpers/checkpoints";
import { goldenFile, rawTensorOf, tensorOf } from "../helpers/golden";
import { found, largestDifference } from "../helpers/models";

interface Variant {
  config: GPTConfigInput;
  seed: number;
  initStd: number;
  parameters: number;
  greedy: number[];
}

const { prompt, models }: { prompt: number[]; models: Record<string, Variant> } = await (
  await fetch("/test/golden/variants/expected.json")
).json();
const golden = await goldenFile("variants/expected.safetensors");
const { header } = readSafetensors(golden);

for (const [name, { config, seed, initStd, parameters, greedy }] of Object.entries(models)) {
  test(`${name}: logits, greedy ids and routing are PyTorch's; hooks change no bit`, async () => {
    using gpt = await createModel(config, { seed, initStd, format: "f32", cacheFormat: "f32", kernels: "simd" });
    expect(gpt.info.parameters).toBe(parameters);
    const logits = await gpt.logits(prompt);
    const expected = tensorOf(golden, `${name}.logits`);
    const largest = largestDifference(logits, expected);
    const size = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
    console.log(`${name}: largest difference ${largest.toExponential(1)} of ${size.toFixed(1)}`);
    expect(largest / size).toBeLessThan(2e-5);
    const { ids } = await gpt.generate(prompt, { temperature: 0, stopTokens: [], maxNewTokens: greedy.length });
    expect(ids).toEqual(greedy);

    const trace = await gpt.trace(prompt, { hooks: true });
    expect(trace.logits).toEqual(logits.slice(-97));
    if (!config.experts) return;
    const { layers } = await gpt.routing(prompt);
    const [count, topK] = [config.experts.count, config.experts.topK];
    for (const { layer, chosen, load, probability, imbalance } of layers) {
      const theirs = new Int32Array(rawTensorOf(golden, `${name}.router.${layer}.chosen`).slice().buffer);
      expect(chosen.flat()).toEqual([...theirs]);
      const scores = found(trace, `blocks.${layer}.mlp.router`).data;
      expect(largestDifference(scores, tensorOf(golden, `${name}.router.${layer}.scores`))).toBeLessThan(1e-4);
      const shares = found(trace, `blocks.${layer}.mlp.shares`).data;
      const ours = chosen.flatMap((experts, t) => experts.map((e) => shares[t * count + e] ?? 0));
      expect(largestDifference(ours, tensorOf(golden, `${name}.router.${layer}.shares`))).toBeLessThan(1e-5);
      expect(load.map((part) => part * prompt.length * topK)).toEqual(
        load.map((_, e) => theirs.filter((one) => one === e).length),
      );
      expect(probability.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      const theirScores = [...tensorOf(golden, `${name}.router.${layer}.scores`)].map(Math.exp);
      const theirProbability = probability.map((_, e) => {
        const share = (t: number) =>
          (theirScores[t * count + e] ?? 0) /
          theirScores.slice(t * count, (t + 1) * count).reduce((sum, weight) => sum + weight);
        return prompt.reduce((sum, _, t) => sum + share(t), 0) / prompt.length;
      });
      expect(largestDifference(probability, theirProbability)).toBeLessThan(1e-4);
      expect(imbalance).toBeCloseTo(
        (count / theirs.length) * theirs.reduce((sum, e) => sum + (theirProbability[e] ?? 0), 0),
        4,
      );
      for (let e = 0; e < count; e++) {
        const { positions, shape } = found(trace, `blocks.${layer}.mlp.experts.${e}.post`);
        expect(positions).toEqual(prompt.map((_, t) => t).filter((t) => chosen[t]?.includes(e)));
        expect(shape).toEqual([positions?.length, gpt.config.innerDim]);
      }
    }
  });
}

test("the golden file holds no variant that is not tested", () => {
  const variants = new Set(Object.keys(header).flatMap((key) => (key === "__metadata__" ? [] : [key.split(".")[0]])));
  expect([...variants].sort()).toEqual(Object.keys(models).sort());
});

test("of experts with equal scores the first are chosen", async () => {
  const config = { vocabSize: 9, contextLength: 8, embDim: 8, nHeads: 1, nLayers: 1, experts: { count: 4, topK: 2 } };
  using gpt = await createModel(config, { seed: 1, initStd: 0 });
  const { layers } = await gpt.routing([1, 2]);
  expect(layers[0]).toMatchObject({
    chosen: [
      [0, 1],
      [0, 1],
    ],
    load: [0.5, 0.5, 0, 0],
  });
});
