import { afterEach, describe, expect, test, vi } from "vitest";
import { openCheckpoint } from "../../worker/checkpoint/load";
import type { LoadProgress } from "../../worker/checkpoint/types";
import { type TestTensors, writeSafetensors, zeroConfig, zeroTensors } from "../helpers/checkpoints";
import { collect } from "../helpers/collect";
import { type GgufEntry, writeGguf } from "../helpers/gguf";
import { goldenFile } from "../helpers/golden";
import { parameters } from "../helpers/parameters";

const sizes = { vocabSize: 7, positions: 6, width: 4, layers: 2 };
const config = zeroConfig(sizes);
let next = 0;
const tensors: TestTensors = Object.fromEntries(
  Object.entries(zeroTensors(sizes)).map(([name, { shape, data }]) => [
    name,
    { shape, data: Float32Array.from(data, () => ++next) },
  ]),
);
const part = (index: number) =>
  writeSafetensors(Object.fromEntries(Object.entries(tensors).filter((_, i) => i % 3 === index)));
const parts = [part(0), part(1), part(2)];
const whole = { config, weights: writeSafetensors(tensors) };

afterEach(() => vi.restoreAllMocks());

test("several files are read as one", async () => {
  const events: LoadProgress[] = [];
  const onProgress = (event: LoadProgress) => void events.push(event);
  const weights = [parts[0] as ArrayBuffer, new Blob([parts[1] as ArrayBuffer]), parts[2] as ArrayBuffer];
  const checkpoint = await openCheckpoint({ config, weights }, { parameters, onProgress });
  const { parameters: found } = await collect(checkpoint);
  expect(found).toEqual((await collect(await openCheckpoint(whole, { parameters }))).parameters);
  const total = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(events.at(-1)).toMatchObject({ loaded: total, total });
});

test("a GGUF that is the only one in a list has its own configuration and tokenizer", async () => {
  const file = await goldenFile("gguf/tied.gguf");
  const alone = await openCheckpoint(file, { parameters });
  const listed = await openCheckpoint({ weights: [file] }, { parameters });
  expect([listed.plan.config, listed.tokenizer]).toEqual([alone.plan.config, alone.tokenizer]);
  expect((await collect(listed)).parameters).toEqual((await collect(alone)).parameters);
});

test("a GGUF in several files, the one that describes it last", async () => {
  const keys = { context_length: 2, embedding_length: 32, block_count: 0, "attention.head_count": 1 };
  const described = writeGguf(
    [
      ["general.architecture", 8, "gpt2"],
      ...Object.entries(keys).map(([key, value]): GgufEntry => [`gpt2.${key}`, 4, value]),
      ["gpt2.feed_forward_length", 4, 32],
      ["gpt2.attention.layer_norm_epsilon", 6, 0x3727c5ac],
    ],
    [{ name: "position_embd.weight", dimensions: [32, 2], type: 0, offset: 0 }],
    { data: 256 },
  );
  const rest = writeGguf(
    [["split.no", 4, 1]],
    [
      { name: "token_embd.weight", dimensions: [32, 4], type: 0, offset: 0 },
      { name: "output_norm.weight", dimensions: [32], type: 0, offset: 512 },
      { name: "output_norm.bias", dimensions: [32], type: 0, offset: 640 },
    ],
    { data: 768 },
  );
  for (const weights of [
    [described, rest],
    [rest, described],
  ]) {
    const checkpoint = await openCheckpoint({ weights }, { parameters });
    expect(checkpoint.plan.config).toMatchObject({ vocabSize: 4, contextLength: 2, embDim: 32 });
    expect((await collect(checkpoint)).parameters.size).toBe(4);
  }
});

test("a tensor in two of the files is refused", async () => {
  const weights = [...parts, writeSafetensors({ "wpe.weight": { shape: [0], data: [] } })];
  const expected = { code: "bad-header", message: expect.stringContaining("both wpe.weight and wpe.weight") };
  await expect(openCheckpoint({ config, weights }, { parameters })).rejects.toMatchObject(expected);
});

describe("a folder with model.safetensors.index.json", () => {
  const names = parts.map((_, i) => `model-0000${i + 1}-of-00003.safetensors`);
  const index = { weight_map: Object.fromEntries(names.map((name, i) => [`tensor ${i}`, name])) };

  function serve(files: Record<string, unknown>): string[] {
    const asked: string[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation(async (address) => {
      const name = String(address).split("/").at(-1) ?? "";
      asked.push(name);
      const file = files[name];
      if (file === undefined) return new Response("no", { status: 404 });
      return file instanceof ArrayBuffer ? new Response(file) : Response.json(file);
    });
    return asked;
  }
  const served = () => ({
    "config.json": config,
    "model.safetensors.index.json": index,
    ...Object.fromEntries(names.map((name, i) => [name, parts[i]])),
  });
  const open = () => openCheckpoint("https://models.example/sharded", { parameters, cache: false });

  test("is read shard by shard", async () => {
    const asked = serve(served());
    const { parameters: found } = await collect(await open());
    expect(found).toEqual((await collect(await openCheckpoint(whole, { parameters }))).parameters);
    expect(asked.filter((name) => name.startsWith("model-"))).toEqual([...names, ...names]);
  });

  test("a shard that is missing, cut or longer than its header says is named", async () => {
    serve({ ...served(), [names[1] as string]: undefined });
    await expect(open()).rejects.toMatchObject({
      code: "http-error",
      message: expect.stringMatching(
        /model-00002-of-00003\.safetensors was answered with 404, .* Check the address\.$/,
      ),
    });
    vi.restoreAllMocks();
    serve({ ...served(), [names[1] as string]: (parts[1] as ArrayBuffer).slice(0, -4) });
    const cut = await open();
    await expect(
      cut.read(
        () => {},
        () => {},
      ),
    ).rejects.toMatchObject({
      code: "truncated",
      message: expect.stringContaining(names[1] as string),
    });
    vi.restoreAllMocks();
    const longer = new Uint8Array((parts[1] as ArrayBuffer).byteLength + 4);
    longer.set(new Uint8Array(parts[1] as ArrayBuffer));
    serve({ ...served(), [names[1] as string]: longer.buffer });
    const long = await open();
    await expect(
      long.read(
        () => {},
        () => {},
      ),
    ).rejects.toMatchObject({
      code: "bad-header",
      message: expect.stringContaining(names[1] as string),
    });
  });

  const second = parts[1] as ArrayBuffer;
  const renamed = new TextDecoder("latin1").decode(second).replace("h.0", "h.9");
  test.each([
    ["its ETag", second, { ETag: '"2"' }],
    ["its date, where that is all a page may see", second, { "Last-Modified": "Wed, 25 Nov 2026 10:00:00 GMT" }],
    ["its header", Uint8Array.from(renamed, (char) => char.charCodeAt(0)), {}],
  ])("a shard that changes while it is loaded is named: %s", async (_, later, headers: Record<string, string>) => {
    const name = names[1] as string;
    serve(served());
    const usual = vi.mocked(fetch).getMockImplementation() as typeof fetch;
    const earlier = Object.fromEntries(Object.keys(headers).map((key) => [key, "before"]));
    const answers = [new Response(second, { headers: earlier }), new Response(later, { headers })];
    vi.mocked(fetch).mockImplementation(async (address) =>
      String(address).endsWith(name) ? (answers.shift() as Response) : usual(address),
    );
    const checkpoint = await open();
    const expected = { code: "truncated", message: expect.stringContaining(`${name} has changed`) };
    await expect(
      checkpoint.read(
        () => {},
        () => {},
      ),
    ).rejects.toMatchObject(expected);
  });

  test("an index that names no files, or files elsewhere, is refused", async () => {
    for (const weight_map of [undefined, {}, { a: "../secret" }, { a: 1 }]) {
      serve({ ...served(), "model.safetensors.index.json": { weight_map } });
      await expect(open()).rejects.toMatchObject({
        code: "bad-header",
        message: expect.stringContaining("weight_map"),
      });
      vi.restoreAllMocks();
    }
  });

  test("without an index the one file is what is missing", async () => {
    const { "model.safetensors.index.json": _, ...rest } = served();
    serve(rest);
    const expected = {
      code: "http-error",
      message: expect.stringMatching(
        /sharded\/model\.safetensors was answered with 404, expected.* save_pretrained\(\)/,
      ),
    };
    await expect(open()).rejects.toMatchObject(expected);
  });

  test("an adapter's folder, without a config.json, is told what a folder needs", async () => {
    serve({ "adapter_config.json": {} });
    const expected = {
      code: "http-error",
      message: expect.stringMatching(
        /sharded\/config\.json was answered with 404, .* needs config\.json .*merge_and_unload/,
      ),
    };
    await expect(open()).rejects.toMatchObject(expected);
  });
});
