import { expect, test } from "vitest";
import { type GPT, type LoadOptions, loadModel } from "../../src/index";
import { fixed } from "../helpers/checkpoints";
import { CHECKPOINTS, goldenFile, tensorOf } from "../helpers/golden";
import { FORMAT_BOUND, goldenModel, largestDifference, relativeDistance } from "../helpers/models";

async function expected(name: string) {
  const file = await goldenFile(`${name}/expected.safetensors`);
  const { ids } = JSON.parse(new TextDecoder().decode(await goldenFile(`${name}/expected.json`))) as { ids: number[] };
  return { ids, logits: tensorOf(file, "logits") };
}

/** Rows of `[T, vocabSize]`. */
function row(logits: Float32Array, t: number, vocabSize: number): Float32Array {
  return logits.subarray(t * vocabSize, (t + 1) * vocabSize);
}

test.each(CHECKPOINTS)("%s: logits of every position are PyTorch's", async (name) => {
  const { ids, logits } = await expected(name);
  using gpt = await goldenModel(name);
  const found = await gpt.logits(ids);
  const largest = largestDifference(found, logits);
  const magnitude = Math.max(...logits.map(Math.abs));
  console.log(`${name}: largest difference ${largest.toExponential(1)} of logits up to ${magnitude.toFixed(1)}`);
  // Each logit is a sum over the width of values that went through a few layers of such sums: some tens of f32 roundings.
  expect(largest).toBeLessThan(64 * 2 ** -24 * 8 * magnitude);
});

const PACKED = (["head26", "relu40", "bf16mask"] as const).flatMap((name) =>
  (["f16", "q8_0", "q4_0"] as const).flatMap((format) =>
    (["simd", "relaxed"] as const).map((kernels) => ({ name, format, kernels })),
  ),
);

test.each(PACKED)(
  "$name in $format, $kernels: logits are as near PyTorch's as the format is",
  async ({ name, ...packed }) => {
    const { ids, logits } = await expected(name);
    using gpt = await goldenModel(name, { ...packed, cacheFormat: "f16" });
    const far = relativeDistance(await gpt.logits(ids), logits);
    console.log(`${name} in ${packed.format}, ${packed.kernels}: ${far.toExponential(1)}`);
    expect(far).toBeGreaterThan(0);
    expect(far).toBeLessThan(FORMAT_BOUND[packed.format]);
  },
);

/** The laws that hold bit for bit, since every output sums its inputs in one order, whatever stands beside it. */
const ENGINES: LoadOptions[] = [
  { format: "f32", cacheFormat: "f32", kernels: "simd" },
  { format: "q8_0", cacheFormat: "f32", kernels: "simd" },
  { format: "q8_0", kernels: "auto" },
  { format: "q4_0", cacheFormat: "f32", kernels: "simd" },
  { format: "q4_0", kernels: "auto" },
];

for (const options of ENGINES) {
  const title = Object.values(options).join(" ");

  test(`${title}: one token at a time, in two parts or whole: the same bits`, async () => {
    const { ids } = await expected("wide");
    using gpt = await goldenModel("wide", options);
    const { vocabSize } = gpt.config;
    const whole = await gpt.logits(ids); // crosses a chunk of the prefill
    for (const length of [1, 2, 3, 4, 127, 128, 129, 130, ids.length - 1, ids.length]) {
      const last = await gpt.logits(ids.slice(0, length), { last: true });
      expect(largestDifference(last, row(whole, length - 1, vocabSize)), `${length} ids`).toBe(0);
    }
  });

  test(`${title}: a later token never changes an earlier row`, async () => {
    const { ids } = await expected("relu40");
    using gpt = await goldenModel("relu40", options);
    const { vocabSize } = gpt.config;
    const whole = await gpt.logits(ids);
    for (const cut of [1, 5, ids.length - 1]) {
      const changed = [...ids.slice(0, cut), ...ids.slice(cut).map((id) => (id + 7) % vocabSize)];
      const other = await gpt.logits(changed);
      expect(largestDifference(other.subarray(0, cut * vocabSize), whole.subarray(0, cut * vocabSize))).toBe(0);
      expect(largestDifference(row(other, cut, vocabSize), row(whole, cut, vocabSize))).toBeGreaterThan(0);
    }
  });

  test(`${title}: any number of threads gives the same bits`, async () => {
    const { ids } = await expected("wide");
    const results: Float32Array[] = [];
    for (const threads of crossOriginIsolated ? [1, 2, 3] : [1]) {
      using gpt: GPT = await goldenModel("wide", { ...options, threads });
      expect(gpt.info.threads).toBe(threads);
      results.push(await gpt.logits(ids));
    }
    for (const result of results) expect(largestDifference(result, results[0] ?? [])).toBe(0);
  });
}

test("a score is each token's log-probability, their sum, and e to the mean surprise", async () => {
  const gpt = await loadModel(fixed([Math.log(1), Math.log(2), Math.log(5)]), { format: "f32", cacheFormat: "f32" });
  const { logprobs, sum, perplexity } = await gpt.score([0, 1, 2, 2]); // 2/8, 5/8, 5/8
  expect(logprobs).toHaveLength(3);
  for (const [i, p] of [2 / 8, 5 / 8, 5 / 8].entries()) expect(logprobs[i]).toBeCloseTo(Math.log(p), 6);
  expect(sum).toBeCloseTo(Math.log(50 / 512), 6);
  expect(perplexity).toBeCloseTo(Math.cbrt(512 / 50), 5);
  expect(await gpt.score([2])).toEqual({ logprobs: [], sum: 0, perplexity: 1 });
  gpt.dispose();
});
