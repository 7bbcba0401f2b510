import { expect, test, vi } from "vitest";
import { createModel, type GPTConfig, GPTError, loadModel } from "../../src/index";
import { readSafetensors } from "../helpers/checkpoints";
import { goldenFile } from "../helpers/golden";
import { goldenModel } from "../helpers/models";
import { listed } from "../helpers/texts";

const greedy = { temperature: 0, stopTokens: [], maxNewTokens: 5 } as const;

test("a session goes on from what was said, as the whole text at once would", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  const first = await session.generate([1, 2, 3], greedy);
  const second = await session.generate([7, 8], greedy);
  const whole = [1, 2, 3, ...first.ids, 7, 8];
  expect(session.ids).toEqual([...whole, ...second.ids]);
  expect(session.length).toBe(15);
  expect((await gpt.generate(whole, greedy)).ids).toEqual(second.ids);
});

test("once a session is saved its text is known, though the call before may not have told it yet", async () => {
  using gpt = await goldenModel("head26");
  for (let round = 0; round < 40; round++) {
    using session = gpt.session();
    const run = session.generate([1, 2, 3], { ...greedy, maxNewTokens: 3 });
    const bytes = await session.save();
    expect(session.length).toBe(6);
    using restored = gpt.session();
    await restored.restore(bytes);
    expect(restored.ids).toEqual(session.ids);
    await run;
  }
});

test("a fork goes its own way and leaves the other alone", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const before = [...session.ids];
  using fork = await session.fork();
  await fork.generate([9, 9, 9], greedy);
  expect([...session.ids]).toEqual(before);
  const here = await session.generate([4], greedy);
  expect((await gpt.generate([...before, 4], greedy)).ids).toEqual(here.ids);
});

test("a fork keeps what the other takes back", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  using fork = await session.fork();
  const before = [...fork.ids];
  await session.rewind(2);
  await fork.rewind(0); // what the worker has of it
  expect(fork.ids).toEqual(before);
});

test("rewinding forgets the last ids", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const kept = session.ids.slice(0, 4);
  await session.rewind(4);
  expect(session.ids).toEqual(kept);
  const { ids } = await session.generate([5], greedy);
  expect((await gpt.generate([...kept, 5], greedy)).ids).toEqual(ids);
  await expect(session.rewind(1000)).rejects.toThrow(TypeError);
});

test("a saved session is restored by the same model and refused by another", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const bytes = await session.save();
  const expected = (await session.generate([6], greedy)).ids;
  using again = await goldenModel("head26");
  using restored = again.session();
  await restored.restore(bytes);
  expect((await restored.generate([6], greedy)).ids).toEqual(expected);
  using other = await goldenModel("relu40");
  using wrong = other.session();
  await expect(wrong.restore(bytes)).rejects.toMatchObject({ name: "GPTError", code: "wrong-shape" });
  using half = await goldenModel("head26", { format: "f16" });
  await expect(half.session().restore(bytes)).rejects.toMatchObject({ code: "bad-value" });
  await expect(wrong.restore(bytes.slice(0, 10))).rejects.toMatchObject({ code: "bad-header" });
  await expect(restored.restore(bytes.slice(0, -1))).rejects.toMatchObject({ code: "truncated" });
});

test("the text is that of the last call, in whatever order the answers come", async () => {
  using gpt = await goldenModel("head26");
  for (let i = 0; i < 10; i++) {
    using session = gpt.session();
    await session.generate([1, 2, 3], greedy);
    const calls = [
      session.generate([5], greedy),
      session.rewind(1),
      session.generate([7], { ...greedy, maxNewTokens: 0 }),
      session.rewind(0),
      session.generate([9], { ...greedy, maxNewTokens: 0 }),
    ];
    const until = performance.now() + 20;
    while (performance.now() < until); // a busy page: all answers wait
    await Promise.all(calls);
    using copy = await session.fork();
    expect([...session.ids]).toEqual([...copy.ids]);
    expect(session.length).toBe(8 + 6 - 1 + 2);
  }
});

const SIZES = { vocabSize: 60, contextLength: 32, embDim: 32, nHeads: 2, nLayers: 2, qkvBias: true };

test.each<[string, Partial<GPTConfig>]>([
  ["activation", { activation: "relu" }],
  ["normEps", { normEps: 0.5 }],
  ["shortcuts", { shortcuts: false }],
  ["norm", { norm: "rms" }],
  ["experts", { experts: { count: 2, topK: 1 } }],
])("a session of a model with another %s is refused", async (key, changes) => {
  using gpt = await createModel(SIZES, { seed: 1, kernels: "simd" });
  using session = gpt.session();
  await session.generate([1, 2], greedy);
  using other = await createModel({ ...SIZES, ...changes }, { seed: 1, kernels: "simd" });
  const refused = { code: "wrong-shape", message: expect.stringContaining(`with ${key} `) };
  await expect(other.session().restore(await session.save())).rejects.toMatchObject(refused);
  using dropped = await createModel({ ...SIZES, dropRate: 0.5 }, { seed: 1, kernels: "simd" });
  await dropped.session().restore(await session.save());
});

test("the order in which a configuration names its keys makes no other model", async () => {
  const sizes = { vocabSize: 9, contextLength: 8, embDim: 8, nHeads: 1, nLayers: 1 };
  using gpt = await createModel({ ...sizes, experts: { count: 3, topK: 2 } }, { seed: 1 });
  using same = await createModel({ experts: { topK: 2, count: 3 }, ...sizes }, { seed: 1 });
  using session = gpt.session();
  await session.generate([1, 2], greedy);
  using restored = same.session();
  await restored.restore(await session.save());
  expect(restored.ids).toEqual(session.ids);
});

test.each<[string, RegExp, (end: number, embDim: number) => number]>([
  ["norm scale", /h\.0\.ln_1\.weight$/, (end) => end - 4],
  ["weight of a query", /h\.0\.attn\.c_attn\.weight$/, (end, embDim) => end - 4 * 3 * embDim],
  ["weight of a value", /h\.0\.attn\.c_attn\.weight$/, (end, embDim) => end - 4 * embDim],
])("a session of a model with another %s is refused", async (_, tensor, place) => {
  const weights = await goldenFile("head26/model.safetensors");
  const config = JSON.parse(new TextDecoder().decode(await goldenFile("head26/config.json")));
  const load = (bytes: ArrayBuffer) => loadModel({ config, weights: bytes }, { format: "f32", kernels: "simd" });
  using gpt = await load(weights);
  using session = gpt.session();
  await session.generate([1, 2], greedy);
  const { header, dataStart } = readSafetensors(weights);
  const name = Object.keys(header).find((key) => tensor.test(key)) ?? "";
  const changed = weights.slice(0);
  const at = dataStart + place(header[name].data_offsets[1], config.n_embd);
  new DataView(changed).setFloat32(at, 3, true);
  using other = await load(changed);
  await expect(other.session().restore(await session.save())).rejects.toMatchObject({ code: "bad-value" });
});

test("a run that is aborted before it wrote anything leaves the text as it was", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const before = [...session.ids];
  const waiting = new AbortController();
  const long = gpt.generate([5], { ...greedy, maxNewTokens: 20 });
  const late = session.generate([7, 7, 7], { ...greedy, signal: waiting.signal });
  waiting.abort();
  const early = session.generate([8, 8, 8], { ...greedy, signal: AbortSignal.abort() });
  for (const run of [late, early]) expect(await run).toMatchObject({ finishReason: "aborted", ids: [] });
  await long;
  expect(session.ids).toEqual(before);
  expect((await session.generate([6], greedy)).ids).toEqual((await gpt.generate([...before, 6], greedy)).ids);
});

test("a session saved with the f16 cache goes on as it would have, and an f32 cache refuses it", async () => {
  using gpt = await goldenModel("head26", { cacheFormat: "f16" });
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const bytes = await session.save();
  const expected = (await session.generate([6], greedy)).ids;
  using restored = gpt.session();
  await restored.restore(bytes);
  expect((await restored.generate([6], greedy)).ids).toEqual(expected);
  using other = await goldenModel("head26");
  using wrong = other.session();
  const message = expect.stringMatching(/cache in f16, this model in f32/);
  await expect(wrong.restore(bytes)).rejects.toMatchObject({ name: "GPTError", code: "wrong-dtype", message });
  expect((await wrong.generate([1, 2, 3], greedy)).ids).toHaveLength(5);
});

test.each([
  ["relaxed", "simd", "f32"],
  ["simd", "relaxed", "f32"],
  ["relaxed", "simd", "q8_0"],
  ["simd", "relaxed", "q8_0"],
  ["relaxed", "simd", "q4_0"],
  ["simd", "relaxed", "q4_0"],
] as const)(
  "what the %s kernels have read of a session is read again by the %s ones: its bits are theirs (%s)",
  async (theirs, ours, format) => {
    const prompt = Array.from({ length: 40 }, (_, i) => (i * 37) % 300);
    using gpt = await goldenModel("wide", { kernels: theirs, format });
    using session = gpt.session();
    await session.generate(prompt, greedy);
    using other = await goldenModel("wide", { kernels: ours, format });
    using restored = other.session();
    await restored.restore(await session.save());
    expect(restored.ids).toEqual(session.ids);
    const options = { ...greedy, logprobs: 3 };
    const found = await listed(restored.generate([5], options).tokens());
    expect(found).toEqual(await listed(other.generate([...session.ids, 5], options).tokens()));
  },
);

test("an empty session can be saved, restored and forked", async () => {
  using gpt = await goldenModel("head26");
  using empty = gpt.session();
  using fork = await empty.fork();
  expect(fork.ids).toEqual([]);
  using session = gpt.session();
  const { ids } = await session.generate([1, 2], greedy);
  await session.restore(await empty.save());
  expect(session.ids).toEqual([]);
  expect((await session.generate([1, 2], greedy)).ids).toEqual(ids);
  expect((await fork.generate([1, 2], greedy)).ids).toEqual(ids);
});

test("the positions that were taken back are in no saved session", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const { length } = await session.save();
  await session.generate([7, 8, 9], greedy);
  await session.rewind(8);
  expect((await session.save()).length).toBe(length);
});

test("damaged bytes are refused, and the session goes on as it was", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const bytes = await session.save();
  using damaged = await session.fork();
  const before = damaged.ids;
  const flipped = (at: number, bit: number) => bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte));
  const begin = "GPT-worker session 3\n".length + 8; // checksum and length, u32 each
  const header = begin + new DataView(bytes.buffer).getUint32(begin - 4, true);
  const faults: unknown[] = [undefined, "text", bytes.buffer, new Uint8Array(), bytes.slice(1), new Uint8Array(1000)];
  for (const length of [1, begin - 9, begin - 5, begin - 1, begin, begin + 9, header, bytes.length - 1])
    faults.push(bytes.slice(0, length));
  for (let at = 0; at < header; at++) faults.push(flipped(at, at % 8), flipped(at, 0));
  for (let at = header; at < bytes.length; at += 997) faults.push(flipped(at, at % 8));
  faults.push(Uint8Array.from([...bytes, 0]));
  for (const [i, fault] of faults.entries()) {
    const error: unknown = await damaged.restore(fault as Uint8Array).catch((reason) => reason);
    expect(error instanceof GPTError || error instanceof TypeError, `fault ${i}: ${error}`).toBe(true);
  }
  expect(damaged.ids).toEqual(before);
  expect((await damaged.generate([6], greedy)).ids).toEqual((await session.generate([6], greedy)).ids);
  await damaged.restore(bytes);
  expect(damaged.ids).toEqual(before);
});

test("a disposed session says so", async () => {
  using gpt = await goldenModel("head26");
  const session = gpt.session();
  await session.generate([1], greedy);
  session.dispose();
  session.dispose();
  await expect(session.generate([1], greedy)).rejects.toMatchObject({ code: "disposed" });
});

test("every call of a disposed session is refused, not made on an empty one", async () => {
  using gpt = await goldenModel("head26");
  const session = gpt.session();
  await session.generate([1], greedy);
  const bytes = await session.save();
  session.dispose();
  const calls = [() => session.fork(), () => session.rewind(0), () => session.save(), () => session.restore(bytes)];
  for (const call of calls) await expect(call(), `${call}`).rejects.toMatchObject({ code: "disposed" });
});

test("all of a text can be taken back, and no count but one of its ids", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  const { ids } = await session.generate([1, 2, 3], greedy);
  for (const [count, found] of [
    [-1, "-1"],
    [0.5, "0.5"],
    [Number.NaN, "NaN"],
    [9, "9"],
    ["1", '"1"'],
  ])
    await expect(session.rewind(count as number)).rejects.toThrow(
      `rewind: found ${found}; allowed: a whole number from 0 to 8`,
    );
  expect(session.ids).toEqual([1, 2, 3, ...ids]);
  await session.rewind(8);
  expect(session.ids).toEqual([]);
  expect((await session.generate([1, 2, 3], greedy)).ids).toEqual(ids);
});

test("the worker hears once of each session that is over, disposed or left behind", async () => {
  using gpt = await goldenModel("head26");
  const sent = vi.spyOn(Worker.prototype, "postMessage");
  try {
    {
      using session = gpt.session();
      await session.generate([1], greedy);
    }
    const other = gpt.session();
    other.dispose();
    other.dispose();
    const ends = sent.mock.calls.filter(([message]) => JSON.stringify(message).includes('"endSession"'));
    expect(ends).toHaveLength(2);
  } finally {
    sent.mockRestore();
  }
});

test("a run that is aborted after it wrote adds what it wrote", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  const prompt = [3, 1, 4, 1, 5];
  const run = session.generate(prompt, { ...greedy, onContextFull: "slide", maxNewTokens: 200_000 });
  for await (const _ of run) break;
  const { ids, finishReason } = await run;
  expect(finishReason).toBe("aborted");
  expect(ids.length).toBeGreaterThan(0);
  expect(session.ids).toEqual([...prompt, ...ids]);
});

test("a run whose time is over before it wrote counts the session's text as its prompt", async () => {
  using gpt = await goldenModel("relu40");
  using session = gpt.session();
  await session.generate([3, 1, 4, 1, 5], { ...greedy, maxNewTokens: 2 });
  const interventions = [{ ablate: { layer: 0 }, to: "mean" }] as const;
  const late = await session.generate([7], { ...greedy, maxTime: 0, interventions });
  expect(late).toMatchObject({ finishReason: "time", usage: { promptTokens: 8 } });
});
