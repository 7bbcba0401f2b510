import { expect, test } from "vitest";
import { readSafetensors } from "../helpers/checkpoints";
import { goldenFile, tensorOf } from "../helpers/golden";
import { found, goldenModel, largestDifference } from "../helpers/models";

/** Sums of some 50 products up to 5 in another order, over three layers: 50 · 5 · 2⁻²⁴ ≈ 1.5e-5. */
const TOLERANCE = 1.5e-5;

for (const name of ["head26", "relu40"]) {
  test(`${name}: every named activation is PyTorch's`, async () => {
    using gpt = await goldenModel(name);
    const golden = await goldenFile(`${name}/activations.safetensors`);
    const { header } = readSafetensors(golden);
    const { ids } = await (await fetch(`/test/golden/${name}/expected.json`)).json();
    const trace = await gpt.trace(ids, { hooks: true });
    expect(trace.ids).toEqual(ids);
    const names = Object.keys(header).filter((key) => key !== "__metadata__");
    const ours = Object.keys(trace.activations).filter((key) => !/_out$/.test(key));
    expect(ours.sort()).toEqual(names.sort());
    const lines = names.map((hook) => {
      const { shape, data } = found(trace, hook);
      expect(shape, hook).toEqual(header[hook].shape);
      const largest = largestDifference(data, tensorOf(golden, hook));
      expect(largest, hook).toBeLessThan(TOLERANCE);
      return `${hook} ${largest.toExponential(1)}`;
    });
    console.log(`${name}, largest difference to PyTorch:\n${lines.join("\n")}`);
  });
}

test("the stream is what the blocks add to it", async () => {
  using gpt = await goldenModel("head26");
  const trace = await gpt.trace([1, 2, 3, 4, 5], { hooks: ["blocks.1.*"] });
  const values = (name: string) => found(trace, `blocks.1.${name}`).data;
  const sum = (a: Float32Array, b: Float32Array) => a.map((x, i) => x + (b[i] ?? Number.NaN));
  expect(values("resid_mid")).toEqual(sum(values("resid_pre"), values("attn_out")));
  expect(values("resid_post")).toEqual(sum(values("resid_mid"), values("mlp_out")));
});

test("statistics are those of the values, over one pass and over several", async () => {
  using gpt = await goldenModel("head26");
  const ids = Array.from({ length: 41 }, (_, i) => (i * 7) % 50);
  const values = await gpt.trace(ids, { hooks: true });
  const stats = await gpt.trace(ids, { hooks: true, stats: true });
  expect(Object.keys(stats.activations)).toEqual(Object.keys(values.activations));
  for (const [name, counted] of Object.entries(stats.activations)) {
    const { shape, data } = found(values, name);
    const finite = [...data].filter(Number.isFinite);
    const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
    expect(counted.shape, name).toEqual(shape);
    expect(counted.mean, name).toBeCloseTo(mean, 9);
    expect(counted.variance, name).toBeCloseTo(finite.reduce((a, b) => a + (b - mean) ** 2, 0) / finite.length, 8);
    expect([counted.min, counted.max], name).toEqual([Math.min(...finite), Math.max(...finite)]);
    expect(counted.norm, name).toBeCloseTo(Math.hypot(...finite), 6);
    expect(counted.zeros, name).toBe(finite.filter((x) => x === 0).length / finite.length);
    expect(counted.negatives, name).toBe(finite.filter((x) => x < 0).length / finite.length);
    expect(counted.nonFinite, name).toBe((data.length - finite.length) / data.length);
    expect(
      counted.histogram.counts.reduce((a, b) => a + b, 0),
      name,
    ).toBe(finite.length);
  }
});

test("a longer prompt shows the same in its first positions", async () => {
  using gpt = await goldenModel("head26");
  const ids = Array.from({ length: 41 }, (_, i) => (i * 7) % 50);
  const hooks = ["blocks.1.attn.pattern", "ln_final.normalized"];
  const long = await gpt.trace(ids, { hooks });
  const short = await gpt.trace(ids.slice(0, 17), { hooks });
  const normalized = found(short, "ln_final.normalized").data;
  expect(found(long, "ln_final.normalized").data.slice(0, normalized.length)).toEqual(normalized);
  const { shape, data } = found(long, "blocks.1.attn.pattern");
  const pattern = found(short, "blocks.1.attn.pattern");
  expect([shape, pattern.shape]).toEqual([
    [2, 41, 41],
    [2, 17, 17],
  ]);
  for (let h = 0; h < 2; h++) {
    for (let t = 0; t < 17; t++) {
      const row = data.slice((h * 41 + t) * 41, (h * 41 + t + 1) * 41);
      expect(row.slice(0, 17)).toEqual(pattern.data.slice((h * 17 + t) * 17, (h * 17 + t + 1) * 17));
      expect(row.slice(t + 1).every((share) => share === 0)).toBe(true);
    }
  }
});

for (const [format, cacheFormat] of [
  ["f32", "f32"],
  ["f16", "f16"],
  ["q8_0", "f32"],
  ["q8_0", "f16"],
  ["q4_0", "f16"],
] as const) {
  test(`${format}, cache ${cacheFormat}: looking at everything changes no bit of the logits`, async () => {
    using gpt = await goldenModel("head26", { format, cacheFormat });
    const ids = Array.from({ length: 41 }, (_, i) => (i * 7) % 50);
    const before = await gpt.logits(ids, { last: true });
    const { logits } = await gpt.trace(ids, { hooks: true, stats: true });
    expect(logits).toEqual(before);
    expect(await gpt.logits(ids, { last: true })).toEqual(before);
  });
}

test("a name that does not exist is refused with those near it", async () => {
  using gpt = await goldenModel("relu40");
  const refused = (hooks: unknown) => expect(gpt.trace([1], { hooks } as never)).rejects;
  await refused(["blocks.0.attn.patern"]).toThrow(/no activation "blocks.0.attn.patern".*blocks\.0\.attn\.pattern/);
  await refused(["blocks.3.resid_pre"]).toThrow(TypeError);
  await refused(["blocks.0.mlp.router"]).toThrow(TypeError);
  await refused("embed").toThrow("hooks: found");
  await refused([`${"*".repeat(40)}x`]).toThrow(TypeError); // a star more costs nothing
  await expect(gpt.trace([1], { hooks: true, stat: true } as never)).rejects.toThrow("did you mean stats?");
  expect(Object.keys((await gpt.trace([1], { hooks: [] })).activations)).toEqual([]);
});
