import { expect, test } from "vitest";
import { createModel, loadModel, type Prompt, shortcutGradients, type TokenTraceOptions } from "../../src/index";
import { byteTokenizer, readSafetensors, script } from "../helpers/checkpoints";
import { goldenFile } from "../helpers/golden";
import { goldenModel } from "../helpers/models";

const OPTIONS = { temperature: 0, maxNewTokens: 3, stopTokens: [] };

/** A value of a wrong kind in the place of a `T`, as JavaScript lets a caller give it. */
const wrong = <T>(value: unknown): T => value as T;

test("what is no prompt is refused by every call that reads one", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  for (const value of [5, true, {}, null, undefined, new DataView(new ArrayBuffer(4))]) {
    const prompt = wrong<Prompt & number[]>(value);
    const calls = [
      () => gpt.generate(prompt, OPTIONS),
      () => session.generate(prompt, OPTIONS),
      () => gpt.score(prompt),
      () => gpt.logits(prompt),
      () => gpt.trace(prompt, { hooks: ["blocks.0.hook_resid_pre"] }),
    ];
    for (const call of calls)
      await expect(call(), `${call} of ${String(value)}`).rejects.toThrow(
        /^prompt: found .*; allowed: a text or an array/,
      );
  }
  expect(session.length).toBe(0);
  expect((await gpt.generate(Int32Array.of(1, 2), OPTIONS)).ids).toEqual((await gpt.generate([1, 2], OPTIONS)).ids);
});

test("an id that is none is refused by its place, a hole too", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  const hole: number[] = [5];
  hole[2] = 6;
  for (const [prompt, found] of [
    [[5, undefined, 6], "undefined at 1"],
    [hole, "undefined at 1"],
    [[5, null], "null at 1"],
    [["5"], '"5" at 0'],
    [[[5]], "[5] at 0"],
    [[1.5], "1.5 at 0"],
    [[1, -1], "-1 at 1"],
  ]) {
    const ids = wrong<number[]>(prompt);
    const calls = [
      () => gpt.generate(ids, OPTIONS),
      () => session.generate(ids, OPTIONS),
      () => gpt.score(ids),
      () => gpt.logits(ids),
    ];
    for (const call of calls)
      await expect(call(), String(found)).rejects.toThrow(`The prompt holds the id ${found}, expected whole numbers`);
  }
  expect(session.length).toBe(0);
});

test("an id past the model's is told as the tokenizer's where the prompt is a text", async () => {
  const { config, weights } = script([1, 2, 3], 70);
  using gpt = await loadModel({ config, weights, tokenizer: byteTokenizer(100) });
  await expect(gpt.generate("az", OPTIONS)).rejects.toThrow(
    "The prompt holds the id 89 at 1, expected whole numbers from 0 to 69. The tokenizer gave it, which goes to 99: is it the model's?",
  );
  await expect(gpt.generate([89], OPTIONS)).rejects.toThrow(/from 0 to 69\.$/);
});

test("an option nested deeper than a worker can read is refused by name, and nothing is lost", async () => {
  using gpt = await goldenModel("head26");
  const nested = (levels: number): unknown => (levels > 0 ? [nested(levels - 1)] : 0);
  for (const levels of [1001, 2500]) {
    const hooks = wrong<string[]>(nested(levels));
    const constraint = { jsonSchema: wrong<object>({ const: nested(levels) }) };
    const message = "found values nested too deep; allowed: fewer levels";
    await expect(gpt.trace([1, 2], { hooks })).rejects.toThrow(new TypeError(`hooks: ${message}`));
    await expect(gpt.generate([1, 2], { constraint })).rejects.toThrow(new TypeError(`constraint: ${message}`));
  }
  await expect(gpt.trace([1, 2], { hooks: wrong<string[]>(nested(999)) })).rejects.not.toThrow("nested too deep");
  expect((await gpt.generate([1, 2], OPTIONS)).ids).toHaveLength(3);
});

test("so is an argument, of any call", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  const message = "an argument: found values nested too deep; allowed: fewer levels";
  for (const levels of [1001, 2500, 3400, 5000]) {
    let deep: unknown = 0;
    for (let level = 0; level < levels; level++) deep = [deep];
    const calls: (() => PromiseLike<unknown>)[] = [
      () => loadModel({ config: { deep }, weights: wrong(deep) }),
      () => createModel(wrong({ ...SMALL, experts: deep }), { seed: 1 }),
      () => gpt.generate(wrong(deep)),
      () => gpt.score(wrong(deep)),
      () => gpt.encode(wrong(deep)),
      () => gpt.decode(wrong(deep)),
      () => session.generate(wrong(deep)),
      () => session.rewind(wrong(deep)),
      () => session.restore(wrong(deep)),
    ];
    for (const call of calls) await expect(call(), `${levels}: ${call}`).rejects.toThrow(new TypeError(message));
  }
  expect((await gpt.generate([1, 2], OPTIONS)).ids).toHaveLength(3);
});

test("options that are no object are refused, not ignored", async () => {
  using gpt = await goldenModel("head26");
  const config = { vocabSize: 9, contextLength: 8, embDim: 4, nHeads: 1, nLayers: 1 };
  for (const value of [
    5,
    "greedy",
    true,
    null,
    [],
    new Map([["seed", 1]]),
    new Set(),
    new Date(),
    Promise.resolve({}),
  ]) {
    const options = wrong<never>(value);
    const calls = [
      () => gpt.generate([1], options),
      () => gpt.score([1, 2], options),
      () => createModel(config, options),
      () => shortcutGradients(options),
    ];
    for (const call of calls)
      await expect(call(), `${call} with ${String(value)}`).rejects.toThrow(/^options: found .*; allowed: an object/);
  }
  const trace = wrong<TokenTraceOptions>(new Map([["hooks", true]]));
  await expect(gpt.generate([1], { trace })).rejects.toThrow(/trace: found an object \(Map\); allowed: an object/);
});

test("options that are inherited are refused, not ignored", async () => {
  using gpt = await goldenModel("head26");
  class Getters {
    get maxNewTokens(): number {
      return 3;
    }
  }
  class Fields {
    maxNewTokens = 3;
    stopTokens: number[] = [];
  }
  for (const options of [Object.create({ maxNewTokens: 3, seed: 1 }), new Getters(), new (class extends Getters {})()])
    await expect(gpt.generate([1], options)).rejects.toThrow(
      /^options: found maxNewTokens.* inherited; allowed: an object/,
    );
  for (const options of [new Fields(), Object.assign(Object.create(null), { maxNewTokens: 3, stopTokens: [] })])
    expect((await gpt.generate([1], options)).ids).toHaveLength(3);
});

test.each<[unknown, RegExp]>([
  [{ contextLength: 8n }, /contextLength is 8n, expected a whole number/],
  [{ experts: { count: 2n, topK: 1 } }, /experts.count is 2n/],
  [{ nHeads: Number.NaN }, /nHeads is NaN/],
  [undefined, /The configuration is undefined, expected an object/],
  [null, /The configuration is null, expected an object/],
  [{}, /embDim is undefined, expected a whole number/],
  [{ experts: 0 }, /experts is 0, expected an object of count and topK/],
  [{ experts: null }, /experts is null/],
  [{ experts: { count: 2, topK: 1, foo: 1 } }, /experts is .*foo/],
  [{ normEps: null }, /normEps is null, expected a number/],
  [{ normEps: "1e-5" }, /normEps is "1e-5"/],
  [{ dropRate: null }, /dropRate is null/],
])("createModel(%o) is refused by the key", async (config, message) => {
  const whole = config && Object.keys(config).length > 0 ? { ...SMALL, ...config } : config;
  const refused = expect(createModel(wrong(whole), { seed: 1 })).rejects;
  await refused.toMatchObject({ code: "invalid-config", message: expect.stringMatching(message) });
});

test.each<[string, unknown, RegExp]>([
  ["onProgress", 5, /onProgress: found 5; allowed: a function/],
  ["onProgress", null, /onProgress: found null; allowed: a function/],
  ["onProgress", "", /onProgress: found ""; allowed: a function/],
  ["onProgress", [], /onProgress: found \[object Array\]; allowed: a function/],
  ["wasmUrl", "", /wasmUrl: found ""; allowed: an address/],
  ["wasmUrl", 0, /wasmUrl: found 0; allowed: an address/],
  ["workerUrl", "", /workerUrl: found ""; allowed: an address/],
  ["workerUrl", null, /workerUrl: found null; allowed: an address/],
  ["format", ["f32"], /format: found \["f32"\]; allowed/],
])("a load with %s %j is refused", async (option, value, message) => {
  await expect(createModel(SMALL, { seed: 1, [option]: value })).rejects.toThrow(message);
  if (option === "workerUrl") await expect(shortcutGradients({ workerUrl: wrong(value) })).rejects.toThrow(message);
});

test("tokens per second count no first token that was not written", async () => {
  using gpt = await createModel(SMALL, { seed: 1 });
  const { usage, sequences = [] } = await gpt.generate([1], {
    n: 8,
    maxNewTokens: 3,
    stopTokens: [0, 2, 3, 4],
    seed: 1,
  });
  const written = sequences.map(({ ids }) => ids.length);
  expect(Math.min(...written)).toBe(0);
  expect(written.reduce((a, b) => a + b)).toBe(usage.newTokens);
  expect(usage.decodeTokensPerSecond).toBeGreaterThan(0);
});

const SMALL = { vocabSize: 9, contextLength: 8, embDim: 4, nHeads: 1, nLayers: 1 };

test("what can't be sent to the worker is a TypeError that names it, where it is an option", async () => {
  using gpt = await goldenModel("head26");
  const callback = { onToken: () => undefined };
  const source = wrong<string>(Promise.resolve("/model/"));
  const calls: [string, () => PromiseLike<unknown>][] = [
    ["onToken", () => loadModel("/test/golden/head26/", wrong(callback))],
    ["onToken", () => createModel(SMALL, wrong(callback))],
    ["onToken", () => shortcutGradients(wrong(callback))],
    ["onToken", () => gpt.generate([1], wrong(callback))],
    ["onToken", () => gpt.logits([1], wrong(callback))],
    ["onToken", () => gpt.score([1, 2], wrong({ ...callback, signal: new AbortController().signal }))],
    ["source", () => loadModel(source)],
    ["config", () => createModel(wrong({ ...SMALL, embDim: () => 4 }), { seed: 1 })],
    ["An argument", () => gpt.encode(source)],
    ["An argument", () => gpt.generate(source)],
  ];
  for (const [name, call] of calls) {
    await expect(call(), `${call}`).rejects.toThrow(TypeError);
    await expect(call(), `${call}`).rejects.toThrow(`${name} can't be sent to the worker`);
  }
});

test("what is no text, or no ids, is refused by encode and decode", async () => {
  using gpt = await goldenModel("head26");
  for (const value of [null, undefined, 5, {}, [1]])
    await expect(gpt.encode(wrong(value)), String(value)).rejects.toThrow(/^text: found .*; allowed: a text/);
  for (const value of [null, undefined, 5, "ab", {}, [1.5], [-1], ["1"], [1, undefined], [1n], new Set([1])])
    await expect(gpt.decode(wrong(value)), String(value)).rejects.toThrow(/^ids: found .*; allowed: an array of/);
  await expect(gpt.decode([2, 1e6])).rejects.toThrow(/^ids: found 1000000 at place 1; allowed: .* from 0 to 299/);
  expect(await gpt.decode(await gpt.encode("a cat"))).toBe("a cat");
  expect(await gpt.decode([])).toBe("");
});

test("a constraint is read even where nothing is to be written, and one that allows only nothing is done at once", async () => {
  using gpt = await goldenModel("head26");
  const broken = { ...OPTIONS, maxNewTokens: 0, constraint: { regex: "(" } };
  await expect(gpt.generate([1], broken)).rejects.toThrow(TypeError);
  for (const more of [{}, { n: 2, temperature: 1 }, { numBeams: 2 }]) {
    const { text, finishReason } = await gpt.generate([1], { ...OPTIONS, ...more, constraint: { regex: "" } });
    expect({ text, finishReason }).toEqual({ text: "", finishReason: "stop-token" });
  }
});

test("a session's ids are those of the last call, whichever answer comes first", async () => {
  using gpt = await goldenModel("head26");
  for (let round = 0; round < 20; round++) {
    using session = gpt.session();
    const run = session.generate([1, 2, 3], OPTIONS);
    const [copy] = await Promise.all([session.fork(), session.rewind(2)]);
    const { ids } = await run;
    expect(copy.ids).toEqual([1, 2, 3, ...ids]);
    expect(session.ids).toEqual([1, 2, 3, ...ids].slice(0, -2));
    copy.dispose();
  }
});

test("a session of a model that differs in one layer is not restored", async () => {
  const weights = await goldenFile("head26/model.safetensors");
  const config = await (await fetch("/test/golden/head26/config.json")).json();
  const plain = { format: "f32", kernels: "simd" } as const;
  using gpt = await loadModel({ config, weights }, plain);
  using session = gpt.session();
  await session.generate([1, 2, 3], OPTIONS);
  const saved = await session.save();
  const { header, dataStart } = readSafetensors(weights);
  const tuned = weights.slice(0);
  for (const name of Object.keys(header).filter((each) => /\.1\..*c_fc\.weight$/.test(each))) {
    const [from, to] = header[name].data_offsets as [number, number];
    const bytes = new Uint8Array(tuned, dataStart + from, to - from);
    bytes.forEach((byte, i) => {
      if (i % 4 === 1) bytes[i] = byte ^ 1;
    });
  }
  expect(new Uint8Array(tuned)).not.toEqual(new Uint8Array(weights));
  using other = await loadModel({ config, weights: tuned }, plain);
  await expect(other.session().restore(saved)).rejects.toMatchObject({ code: "bad-value" });
});
