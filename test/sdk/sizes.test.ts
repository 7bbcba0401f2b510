import { expect, test } from "vitest";
import { countParameters, createModel, type FormatName, type GPTConfigInput } from "../../src/index";
import { FORMAT_BOUND, largestDifference, relativeDistance } from "../helpers/models";

const small = { vocabSize: 151, contextLength: 32, nLayers: 2 };

/** Rows, heads and vocabularies that are multiples of no tile, block or lane. */
const SIZES: Record<string, GPTConfigInput> = {
  "width 52, heads of 13": { ...small, embDim: 52, nHeads: 4 },
  "width 78, heads of 13, inside 1003": { ...small, embDim: 78, nHeads: 6, innerDim: 1003 },
  "width 96, GPT-2's vocabulary": { ...small, embDim: 96, nHeads: 8, vocabSize: 50257 },
  "width 136, heads of 17, inside 1003": { ...small, embDim: 136, nHeads: 8, innerDim: 1003 },
  "width 576": { ...small, embDim: 576, nHeads: 9 },
};

for (const [title, config] of Object.entries(SIZES)) {
  test(`${title}: every format is near f32 and has the same bits on three threads`, { timeout: 120_000 }, async () => {
    const ids = Array.from({ length: 9 }, (_, i) => (i * 37 + 5) % config.vocabSize);
    const run = async (format: FormatName, threads: number): Promise<Float32Array> => {
      using gpt = await createModel(config, { seed: 3, format, threads, kernels: "simd", cacheFormat: "f32" });
      return await gpt.logits(ids);
    };
    const exact = await run("f32", 1);
    for (const format of Object.keys(FORMAT_BOUND) as FormatName[]) {
      const one = await run(format, 1);
      const far = relativeDistance(one, exact);
      console.log(`${title}: ${format} ${far.toExponential(1)}`);
      expect(one.every(Number.isFinite), format).toBe(true);
      expect(far, format).toBeLessThanOrEqual(FORMAT_BOUND[format]);
      if (crossOriginIsolated) expect(largestDifference(await run(format, 3), one), `${format}, 3 threads`).toBe(0);
    }
  });
}

test("beside its packed weights a model takes a few MB: the f32 ones are never there whole", async () => {
  const config = { ...small, embDim: 96, nHeads: 8, vocabSize: 50257 }; // 19.3 MB of embedding in f32
  using gpt = await createModel(config, { seed: 1, threads: 1 });
  expect(gpt.info.memoryBytes - gpt.info.weightBytes).toBeLessThan(12e6);
});

test("as many experts as a configuration may have", async () => {
  const config = { ...small, embDim: 2, nHeads: 1, nLayers: 1, experts: { count: 10_000, topK: 1 } };
  using gpt = await createModel(config, { seed: 3 });
  expect((await gpt.logits(Array.from({ length: 32 }, (_, i) => i))).every(Number.isFinite)).toBe(true);
});

test("all of many experts, at every position of a whole pass", async () => {
  const sizes = { vocabSize: 9, contextLength: 128, embDim: 64, nHeads: 1, nLayers: 1 };
  using gpt = await createModel({ ...sizes, experts: { count: 16, topK: 16 } }, { seed: 1 });
  expect((await gpt.logits(new Array(128).fill(1), { last: true })).every(Number.isFinite)).toBe(true);
});

test("sizes that no memory holds are refused at once, here and in the worker", async () => {
  const started = performance.now();
  const model = { vocabSize: 9, contextLength: 8, embDim: 8, nHeads: 1, nLayers: 1 };
  for (const [changes, code] of [
    [{ nLayers: 1e6 }, "invalid-config"],
    [{ experts: { count: 1e9, topK: 1 } }, "invalid-config"],
    [{ nLayers: 5000, experts: { count: 10, topK: 1 } }, "invalid-config"],
    [{ nLayers: 10_000, embDim: 800 }, "out-of-memory"],
    [{ vocabSize: 1e12 }, "out-of-memory"],
    [{ contextLength: 1e12 }, "out-of-memory"],
    [{ embDim: 1e9 }, "out-of-memory"],
  ] as const) {
    const config = { ...model, ...changes };
    await expect(createModel(config, { seed: 1 }), JSON.stringify(changes)).rejects.toMatchObject({ code });
    if (code === "invalid-config") expect(() => countParameters(config)).toThrow(/expected at most|expected a whole/);
  }
  expect(performance.now() - started).toBeLessThan(20_000);
});
