import { expect, test } from "vitest";
import { type FormatName, type LoadOptions, loadModel } from "../../src/index";
import { readSafetensors } from "../helpers/checkpoints";
import { goldenFile, tensorOf } from "../helpers/golden";
import { FORMAT_BOUND, found, largestDifference, relativeDistance } from "../helpers/models";
import { attention } from "../reference/attention";

const IDS = Array.from({ length: 12 }, (_, i) => (i * 11 + 3) % 97);

/** head26 with one tensor changed, value by value. */
async function changed(name: string, change: (value: number, i: number) => number, options: LoadOptions) {
  const weights = await goldenFile("head26/model.safetensors");
  const { header, dataStart } = readSafetensors(weights);
  const key = Object.keys(header).find((key) => key.endsWith(name));
  if (!key) throw new Error(`head26 has no ${name}`);
  const at = dataStart + header[key].data_offsets[0];
  const view = new DataView(weights);
  tensorOf(weights, key).forEach((value, i) => {
    view.setFloat32(at + 4 * i, change(value, i), true);
  });
  const config = new URL("/test/golden/head26/config.json", location.href);
  return loadModel({ config, weights }, { kernels: "simd", cacheFormat: "f32", ...options });
}

/** Rows of `[rows, width]`. */
function rowsOf(data: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: data.length / width }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

test("scores of thousands: finite, each row of a pattern sums to 1, and an f64 softmax agrees", async () => {
  using gpt = await changed("h.0.attn.c_attn.weight", (value) => 300 * value, { format: "f32" });
  const { embDim, nHeads } = gpt.config;
  const hooks = ["q", "k", "v", "scores", "pattern"].map((name) => `blocks.0.attn.${name}`);
  const trace = await gpt.trace(IDS, { hooks });
  const [q = [], k = [], v = []] = ["q", "k", "v"].map((name) =>
    rowsOf(found(trace, `blocks.0.attn.${name}`).data, embDim),
  );
  const reference = attention(q, k, v, nHeads, nHeads, 0, 1 / Math.sqrt(embDim / nHeads));
  const visible = found(trace, "blocks.0.attn.scores").data.filter(Number.isFinite);
  const largest = Math.max(...visible.map(Math.abs));
  expect(largest).toBeGreaterThan(1000);
  const pattern = found(trace, "blocks.0.attn.pattern").data;
  for (const row of rowsOf(pattern, IDS.length)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  // exp turns the scores' absolute error, headDim roundings of a sum as large as the largest score, into a relative one.
  expect(largestDifference(pattern, reference.pattern.flat(2))).toBeLessThan(26 * 2 ** -24 * largest);
  expect((await gpt.logits(IDS)).every(Number.isFinite)).toBe(true);
});

test.each<FormatName>(["f16", "q8_0", "q4_0"])(
  "a residual channel near 800 in %s: finite, as near f32 as the format is",
  async (format) => {
    const lift = (value: number, i: number) => (i % 52 === 5 ? 800 + value : value);
    using exact = await changed("wpe.weight", lift, { format: "f32" });
    using gpt = await changed("wpe.weight", lift, { format });
    const logits = await gpt.logits(IDS);
    const far = relativeDistance(logits, await exact.logits(IDS));
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(far).toBeLessThan(FORMAT_BOUND[format]);
  },
);

test("a weight that f16 can't hold is refused by name, and f32 takes it", async () => {
  const huge = (value: number, i: number) => (i === 40 ? 1e5 : value);
  await expect(changed("h.1.mlp.c_fc.weight", huge, { format: "f16" })).rejects.toMatchObject({
    code: "bad-value",
    message: expect.stringMatching(/100000.*65504.*f32/),
  });
  using gpt = await changed("h.1.mlp.c_fc.weight", huge, { format: "f32" });
  expect((await gpt.logits(IDS)).every(Number.isFinite)).toBe(true);
});
