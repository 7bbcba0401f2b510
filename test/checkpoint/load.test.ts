import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../../worker/checkpoint/load";
import { MAX_CHUNK_BYTES } from "../../worker/checkpoint/read-tensors";
import type { LoadProgress, ModelSource } from "../../worker/checkpoint/types";

import {
  fixed,
  readSafetensors,
  script,
  type TestTensor,
  writeSafetensors,
  zeroConfig,
  zeroTensors,
} from "../helpers/checkpoints";
import { collect } from "../helpers/collect";
import { CHECKPOINTS, goldenFile, tensorOf } from "../helpers/golden";
import { parameters } from "../helpers/parameters";

const folder = (name: string) => `/test/golden/${name}`;

async function everything(source: ModelSource) {
  const checkpoint = await openCheckpoint(source, { parameters });
  return { ...checkpoint, ...(await collect(checkpoint)) };
}

describe("a folder in the Hugging Face layout", () => {
  test.each(CHECKPOINTS)("%s brings every parameter of the model, whole", async (name) => {
    const { plan, parameters: found } = await everything(folder(name));
    const expected = parameters(plan.config);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [parameter, shape] of expected) {
      expect(found.get(parameter)?.length, parameter).toBe(shape.reduce((a, b) => a * b));
      expect(found.get(parameter)?.some(Number.isNaN), parameter).toBe(false);
    }
  });

  test("head26 is read as its configuration says", async () => {
    const { plan, tokenizer } = await openCheckpoint(`${folder("head26")}/`, { parameters });
    expect(plan.config).toMatchObject({ vocabSize: 300, contextLength: 64, embDim: 52, nHeads: 2, nLayers: 2 });
    expect(plan.config).toMatchObject({
      innerDim: 37,
      activation: "gelu-erf",
      normEps: 1e-5,
      tied: true,
      qkvBias: true,
    });
    expect(plan).toMatchObject({ eosTokenIds: [299], bosTokenId: 299, zeros: [] });
    expect(tokenizer).toMatchObject({ vocab: { "!": 0 }, merges: expect.stringContaining("#version") });
  });

  test("Conv1D's [in, out] comes out as [out, in], query, key and value apart", async () => {
    const file = await goldenFile("wide/model.safetensors");
    const { parameters: found } = await everything(folder("wide"));
    const stored = tensorOf(file, "h.1.attn.c_attn.weight"); // [260, 780]
    for (const [part, name] of ["W_query", "W_key", "W_value"].entries()) {
      const ours = found.get(`trf_blocks.1.att.${name}.weight`);
      for (const [out, input] of [
        [0, 0],
        [259, 0],
        [0, 259],
        [17, 200],
        [259, 259],
      ] as const) {
        expect(ours?.[out * 260 + input]).toBe(stored[input * 780 + part * 260 + out]);
      }
    }
    expect(found.get("tok_emb.weight")).toEqual(tensorOf(file, "wte.weight"));
    expect(found.get("trf_blocks.0.norm2.shift")).toEqual(tensorOf(file, "h.0.ln_2.bias"));
  });

  test("a prefix, an untied head and a tokenizer.json", async () => {
    const file = await goldenFile("relu40/model.safetensors");
    const { plan, tokenizer, parameters: found } = await everything(folder("relu40"));
    expect(plan.config).toMatchObject({ tied: false, activation: "relu", normEps: 1e-3, innerDim: 96 });
    expect(found.get("out_head.weight")).toEqual(tensorOf(file, "lm_head.weight"));
    expect(found.get("pos_emb.weight")).toEqual(tensorOf(file, "transformer.wpe.weight"));
    expect(tokenizer).toMatchObject({ json: { model: { type: "BPE" } } });
  });

  test("masks are passed over, whatever their type", async () => {
    const { plan } = await openCheckpoint(folder("bf16mask"), { parameters });
    const { __metadata__: _, ...header } = readSafetensors(await goldenFile("bf16mask/model.safetensors")).header;
    const masks = ["h.0.attn.bias", "h.0.attn.masked_bias", "h.1.attn.bias", "h.1.attn.masked_bias"];
    const read = plan.tensors.map(({ name }) => name);
    expect([...read, ...masks].sort()).toEqual(Object.keys(header).sort());
    expect(new Set(plan.tensors.map(({ dtype }) => dtype))).toEqual(new Set(["BF16"]));
  });

  test("the address of the weights file names the folder too, and a query stays", async () => {
    const { plan } = await openCheckpoint(`${folder("head26")}/model.safetensors?key=1`, { parameters });
    expect(plan.config.embDim).toBe(52);
  });
});

describe("rows come in whole groups", () => {
  test("a large tensor in several calls, each of whole groups", async () => {
    const { calls } = await everything(script([1, 2, 3], 40000)); // the head is 40000 × 64 × 4 bytes
    const head = calls.filter(({ tensor }) => tensor.name === "lm_head.weight");
    expect(head.length).toBe(Math.ceil((40000 * 64 * 4) / MAX_CHUNK_BYTES));
    let row = 0;
    for (const call of calls) {
      const group = call.tensor.transposed ? 32 : 8;
      const height = call.tensor.shape[0] ?? 1;
      expect(call.bytes).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
      expect(call.firstRow).toBe(call.firstRow === 0 ? 0 : row);
      row = call.firstRow + call.rows;
      expect(row === height || row % group === 0).toBe(true);
    }
  });

  test("where rows are outputs, no call crosses from one parameter to the next", async () => {
    const width = 12; // no multiple of 8
    const sizes = { vocabSize: 5, positions: 6, width };
    const tensors = zeroTensors(sizes);
    for (const name of ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]) {
      const { shape, data } = tensors[`h.0.${name}.weight`] as TestTensor;
      tensors[`h.0.${name}.weight`] = { shape: [...shape].reverse(), data };
    }
    const { calls } = await everything({ config: zeroConfig(sizes), weights: writeSafetensors(tensors) });
    const fused = calls.filter(({ tensor }) => tensor.name.startsWith("h.0.attn.c_attn"));
    expect(fused.map(({ firstRow, rows }) => [firstRow, rows])).toEqual(
      ["weight", "bias"].flatMap(() => [0, 1, 2].map((part) => [part * width, width])),
    );
  });
});

describe("files one by one", () => {
  const made = fixed([3, 1, 2, 0, 7]);
  const bytes = new Uint8Array(made.weights);

  test.each<[string, () => ModelSource["weights" & keyof ModelSource] | BlobPart | ArrayBufferView]>([
    ["an ArrayBuffer", () => made.weights],
    [
      "a view with an odd offset",
      () => {
        const moved = new Uint8Array(bytes.length + 3);
        moved.set(bytes, 3);
        return moved.subarray(3);
      },
    ],
    ["a Blob", () => new Blob([made.weights])],
    ["a File", () => new File([made.weights], "model.safetensors")],
  ])("weights as %s", async (_, weights) => {
    const { parameters: found } = await everything({ ...made, weights: weights() as ArrayBuffer });
    const head = found.get("out_head.weight");
    expect([0, 4, 8, 12, 16].map((at) => head?.[at])).toEqual([3, 1, 2, 0, 7]);
    expect(made.weights.byteLength).toBe(bytes.length);
  });

  test("config and tokenizer as files, the tokenizer as a pair", async () => {
    const config = new Blob([JSON.stringify(made.config)]);
    const whole = await everything({ ...made, config, tokenizer: new Blob([JSON.stringify(made.tokenizer)]) });
    expect(whole.tokenizer).toEqual({ json: made.tokenizer });
    const vocab = new TextEncoder().encode('{"a":0}');
    const pair = await everything({ ...made, config, tokenizer: { vocab, merges: new Blob(["#version: 0.2"]) } });
    expect(pair.tokenizer).toEqual({ vocab: { a: 0 }, merges: "#version: 0.2" });
    const added = new File(['{"<|pad|>":1}'], "added_tokens.json");
    const more = await everything({ ...made, config, tokenizer: { vocab, merges: new Blob([""]), added } });
    expect(more.tokenizer).toEqual({ vocab: { a: 0 }, merges: "", added: { "<|pad|>": 1 } });
  });

  test("of a tokenizer's pair all but merges.txt may be parsed", async () => {
    const beside = { added: { "<|pad|>": 1 }, config: { add_prefix_space: true }, special: { pad_token: "<|pad|>" } };
    const tokenizer = { vocab: { a: 0 }, merges: new Blob([""]), ...beside };
    expect((await everything({ ...made, tokenizer })).tokenizer).toEqual({ ...tokenizer, merges: "" });
    const files = Object.entries(beside).map(([part, value]) => [part, new Blob([JSON.stringify(value)])]);
    const same = await everything({ ...made, tokenizer: { ...tokenizer, ...Object.fromEntries(files) } });
    expect(same.tokenizer).toEqual({ ...tokenizer, merges: "" });
  });

  test("a configuration of ours", async () => {
    const config = { vocabSize: 5, contextLength: 1024, embDim: 4, nHeads: 1, nLayers: 1, tied: false };
    const { plan } = await openCheckpoint({ ...made, config }, { parameters });
    expect(plan.config).toMatchObject({ ...config, qkvBias: true, activation: "gelu-tanh" });
  });
});

describe("progress", () => {
  test.each<[string, ModelSource]>([
    ["download", folder("wide")],
    ["read", script([1, 2, 3], 20000)],
  ])("%s rises to its total and ends there", async (phase, source) => {
    const events: LoadProgress[] = [];
    const checkpoint = await openCheckpoint(source, { parameters, onProgress: (event) => events.push(event) });
    await checkpoint.read(
      () => {},
      () => {},
    );
    expect(events.length).toBeGreaterThan(0);
    events.forEach((event, i) => {
      expect(event).toMatchObject({ phase, total: events[0]?.total });
      expect(event.loaded).toBeGreaterThanOrEqual(events[i - 1]?.loaded ?? 0);
      expect(event.loaded).toBeLessThanOrEqual(event.total);
      expect(Number.isFinite(event.rate) && event.rate >= 0).toBe(true);
    });
    expect(events.filter(({ loaded, total }) => loaded === total).length).toBe(1);
    expect(events.at(-1)?.loaded).toBe(events.at(-1)?.total);
  });
});
