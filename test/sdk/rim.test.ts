import { expect, test } from "vitest";
import { createModel, type FormatName, type LoadOptions, loadModel } from "../../src/index";
import { readSafetensors } from "../helpers/checkpoints";
import { goldenFile, tensorOf } from "../helpers/golden";
import { FORMAT_BOUND, found, largestDifference, relativeDistance } from "../helpers/models";
import { attention } from "../reference/attention";

const IDS = Array.from({ length: 12 }, (_, i) => (i * 11 + 3) % 97);

type Change = (value: number, i: number) => number;

/** head26 with some tensors changed, value by value, and some of its configuration. */
async function changed(changes: Record<string, Change>, options: LoadOptions, config: Record<string, unknown> = {}) {
  const weights = await goldenFile("head26/model.safetensors");
  const { header, dataStart } = readSafetensors(weights);
  const view = new DataView(weights);
  for (const [name, change] of Object.entries(changes)) {
    const key = Object.keys(header).find((key) => key.endsWith(name));
    if (!key) throw new Error(`head26 has no ${name}`);
    const at = dataStart + header[key].data_offsets[0];
    tensorOf(weights, key).forEach((value, i) => {
      view.setFloat32(at + 4 * i, change(value, i), true);
    });
  }
  const json = JSON.parse(new TextDecoder().decode(await goldenFile("head26/config.json"))) as object;
  return loadModel({ config: { ...json, ...config }, weights }, { kernels: "simd", cacheFormat: "f32", ...options });
}

/** Rows of `[rows, width]`. */
function rowsOf(data: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: data.length / width }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

test("scores of thousands: finite, each row of a pattern sums to 1, and an f64 softmax agrees", async () => {
  using gpt = await changed({ "h.0.attn.c_attn.weight": (value) => 300 * value }, { format: "f32" });
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
    using exact = await changed({ "wpe.weight": lift }, { format: "f32" });
    using gpt = await changed({ "wpe.weight": lift }, { format });
    const logits = await gpt.logits(IDS);
    const far = relativeDistance(logits, await exact.logits(IDS));
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(far).toBeLessThan(FORMAT_BOUND[format]);
  },
);

test("a weight that f16 can't hold is refused by name, and f32 takes it; its largest is held", async () => {
  const huge = (value: number, i: number) => (i === 40 ? 1e5 : value);
  await expect(changed({ "h.1.mlp.c_fc.weight": huge }, { format: "f16" })).rejects.toMatchObject({
    code: "bad-value",
    message: expect.stringMatching(/^h\.1\.mlp\.c_fc\.weight in the given \w+ holds .* 100000.*65504.*f32/),
  });
  const largest = (value: number, i: number) => (i === 40 ? 65504 : value);
  for (const [change, format] of [
    [huge, "f32"],
    [largest, "f16"],
  ] as const) {
    using gpt = await changed({ "h.1.mlp.c_fc.weight": change }, { format });
    expect((await gpt.logits(IDS)).every(Number.isFinite)).toBe(true);
  }
});

test("LayerNorm takes a constant away again: logits stay PyTorch's at 1000, finite at 40000", async () => {
  const expected = await goldenFile("head26/expected.safetensors");
  const { ids } = JSON.parse(new TextDecoder().decode(await goldenFile("head26/expected.json"))) as { ids: number[] };
  using lifted = await changed({ "wpe.weight": (value) => 1000 + value }, { format: "f32" });
  // f32 holds 1000 + x to 2^-14 of 1, and the norms divide by deviations of about a tenth.
  expect(largestDifference(await lifted.logits(ids), tensorOf(expected, "logits"))).toBeLessThan(2e-2);
  using far = await changed({ "wpe.weight": (value) => 40000 + value }, { format: "f32" });
  expect((await far.logits(ids)).every(Number.isFinite)).toBe(true);
});

test("a row of one value is 0 after LayerNorm", async () => {
  using gpt = await changed({ "wte.weight": () => 0.25, "wpe.weight": () => 0.5 }, { format: "f32" });
  const trace = await gpt.trace(IDS, { hooks: ["blocks.0.ln1.normalized"] });
  expect([...found(trace, "blocks.0.ln1.normalized").data]).toEqual(new Array(IDS.length * gpt.config.embDim).fill(0));
});

test.each(["gelu_new", "gelu", "relu"])(
  "%s far out is x or 0, in lanes and in the tail",
  async (activation_function) => {
    const sizes = [9, 11, 13, 13.3, 20, 22, 89, 1e3, 1e4, 1e30];
    const at = (i: number) => (i % 2 ? -1 : 1) * (sizes[i % sizes.length] ?? 0);
    const changes = { "h.0.mlp.c_fc.weight": () => 0, "h.0.mlp.c_fc.bias": (_: number, i: number) => at(i) };
    for (const kernels of ["simd", "auto"] as const) {
      using gpt = await changed(changes, { format: "f32", kernels }, { activation_function });
      const { data } = found(await gpt.trace(IDS.slice(0, 2), { hooks: ["blocks.0.mlp.post"] }), "blocks.0.mlp.post");
      expect(data).toHaveLength(2 * 37);
      data.forEach((value, i) => {
        const expected = Math.fround(Math.max(0, at(i % 37)));
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-5 * expected + 1e-12);
      });
    }
  },
);

/** Values in the second of query, key and value thirds of a projection's bias, or in the third. */
const inThird =
  (third: number, to: number): Change =>
  (value, i) =>
    Math.floor(i / 52) === third ? to : value;

test.each([
  ["keys", 1],
  ["values", 2],
])("%s that an f16 cache can't hold are an error that names the cache, and f32 takes them", async (_, third) => {
  const changes = { "h.0.attn.c_attn.bias": inThird(third, 1e5) };
  for (const kernels of ["simd", "auto"] as const) {
    using gpt = await changed(changes, { format: "f32", cacheFormat: "f16", kernels });
    const named = { code: "bad-value", message: expect.stringMatching(/magnitude \d+.*65504.*cacheFormat: 'f32'/) };
    await expect(gpt.logits(IDS)).rejects.toMatchObject(named);
    await expect(gpt.generate(IDS, { maxNewTokens: 2 })).rejects.toMatchObject(named);
  }
  using exact = await changed(changes, { format: "f32" });
  expect((await exact.logits(IDS)).every(Number.isFinite)).toBe(true);
});

test.each([
  ["ln_f.bias", Number.NaN],
  ["wpe.weight", Number.NaN],
  ["h.1.attn.c_attn.bias", Number.POSITIVE_INFINITY],
  ["wte.weight", Number.NEGATIVE_INFINITY],
])("a %s that holds %f is refused as damaged, in every format", async (name, bad) => {
  for (const format of ["f32", "q8_0"] as const) {
    const change = (value: number, i: number) => (i === 40 ? bad : value);
    await expect(changed({ [name]: change }, { format })).rejects.toMatchObject({
      code: "bad-value",
      message: expect.stringMatching(/holds a value of magnitude (?:NaN|Infinity).*damaged/),
    });
  }
});

test("logits past every number are an error with a code", async () => {
  using gpt = await changed({ "ln_f.weight": () => 3e38, "wte.weight": (value) => 1e6 * value }, { format: "f32" });
  await expect(gpt.generate(IDS, { maxNewTokens: 2 })).rejects.toMatchObject({ name: "GPTError", code: "bad-value" });
});

test("a router's score past every number is an error, not an expert less", async () => {
  const config = { vocabSize: 9, contextLength: 8, embDim: 8, nHeads: 1, nLayers: 1, experts: { count: 3, topK: 2 } };
  using gpt = await createModel(config, { seed: 1 });
  const hook = "blocks.0.mlp.router";
  const router = found(await gpt.trace([1, 2], { hooks: [hook] }), hook);
  const from = { ...router, data: router.data.map((score, i) => (i === 4 ? Number.POSITIVE_INFINITY : score)) };
  const run = gpt.generate([1, 2], { interventions: [{ patch: hook, from }], maxNewTokens: 2 });
  await expect(run).rejects.toMatchObject({ name: "GPTError", code: "bad-value" });
});

test("a first token outside the vocabulary is none: an empty prompt then is an error", async () => {
  using gpt = await changed({}, { format: "f32" }, { bos_token_id: 50256 });
  await expect(gpt.generate("", { maxNewTokens: 2 })).rejects.toThrow(/no tokenizer/);
  await expect(gpt.generate([], { maxNewTokens: 2 })).rejects.toThrow(/The prompt is empty/);
  await expect(gpt.trace([], { hooks: [] })).rejects.toThrow(/The prompt is empty/);
});
