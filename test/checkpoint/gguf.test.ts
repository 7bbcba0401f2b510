import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../../worker/checkpoint/load";
import type { ModelSource } from "../../worker/checkpoint/types";
import { createTokenizer } from "../../worker/tokenizer/tokenizer";
import { collect } from "../helpers/collect";
import { type GgufEntry, type GgufTensor, writeGguf } from "../helpers/gguf";
import { goldenFile } from "../helpers/golden";
import { parameters } from "../helpers/parameters";

const open = (source: ModelSource) => openCheckpoint(source, { parameters });

describe("what gguf-py wrote", () => {
  test.each(["tied", "untied", "pure", "older"])(
    "%s.gguf brings every parameter of the model, and its tokenizer",
    async (name) => {
      const checkpoint = await open(`/test/golden/gguf/${name}.gguf`);
      const { config, zeros, eosTokenIds } = checkpoint.plan;
      expect(config).toMatchObject({ vocabSize: 304, contextLength: 48, embDim: 64, nHeads: 4, nLayers: 2 });
      expect(config).toMatchObject({ innerDim: 96, activation: "gelu-tanh", tied: name !== "untied", qkvBias: true });
      expect(config.normEps).toBe(1e-4);
      expect({ zeros, eosTokenIds }).toEqual({ zeros: [], eosTokenIds: [299] });
      const { parameters: found } = await collect(checkpoint);
      for (const [parameter, shape] of parameters(config)) {
        expect(found.get(parameter)?.length, parameter).toBe(shape.reduce((a, b) => a * b));
        expect(found.get(parameter)?.some(Number.isNaN), parameter).toBe(false);
      }
      const { prompt, ids } = JSON.parse(new TextDecoder().decode(await goldenFile(`gguf/${name}.json`)));
      const tokenizer = await createTokenizer(checkpoint.tokenizer as { json: unknown }, "huggingface");
      expect([...tokenizer.encode(prompt)]).toEqual(ids);
      expect(tokenizer.decode([...ids, 299, 302])).toBe(`${prompt}<|endoftext|>`); // 302 is padding
      expect([...tokenizer.encode("<|endoftext|>")]).toEqual([299]);
    },
  );

  test("the same from a Blob, a File, a buffer, a view, and as weights without a config", async () => {
    const file = await goldenFile("gguf/untied.gguf");
    const expected = await collect(await open("/test/golden/gguf/untied.gguf"));
    const moved = new Uint8Array(file.byteLength + 1);
    moved.set(new Uint8Array(file), 1);
    const sources = [new Blob([file]), new File([file], "a.gguf"), file, moved.subarray(1), { weights: file }];
    for (const source of sources) {
      expect((await collect(await open(source))).parameters).toEqual(expected.parameters);
    }
  });

  test("strings come out as they went in: empty, of any letters, with a zero inside, none at all", async () => {
    const lists = [["", "a", "Ġthe", "日本語", "🙂", "\uFEFF", ""], ["x", "a\0b", "", "é"], []];
    for (const tokens of lists) {
      const merges = tokens.slice(1);
      const file = writeGguf(
        [
          ...MODEL,
          ["tokenizer.ggml.model", 8, "gpt2"],
          ["tokenizer.ggml.tokens", 9, tokens],
          ["tokenizer.ggml.merges", 9, merges],
        ],
        TENSORS,
        { data: BYTES },
      );
      const { tokenizer } = await open(file);
      const { model } = (tokenizer as { json: { model: { vocab: object; merges: string[] } } }).json;
      expect(new Set(Object.keys(model.vocab))).toEqual(new Set(tokens));
      expect(model.merges).toEqual(merges);
    }
  });

  test("a tokenizer that is given goes before the file's own", async () => {
    const weights = await goldenFile("gguf/tied.gguf");
    expect((await open({ weights, tokenizer: { model: {} } })).tokenizer).toEqual({ json: { model: {} } });
  });

  test("a header longer than the first read", async () => {
    const tokens = Array.from({ length: 60000 }, (_, id) => `token ${id}`);
    const file = writeGguf(
      [
        ["tokenizer.ggml.tokens", 9, tokens],
        ["general.architecture", 8, "llama"],
      ],
      [],
    );
    expect(file.byteLength).toBeGreaterThan(1 << 20);
    await expect(open(file)).rejects.toMatchObject({ code: "unsupported-model" });
    await expect(open(file.slice(0, 700000))).rejects.toMatchObject({ code: "truncated" });
  });
});

const MODEL: GgufEntry[] = [
  ["general.architecture", 8, "gpt2"],
  ["gpt2.context_length", 4, 2],
  ["gpt2.embedding_length", 4, 32],
  ["gpt2.block_count", 4, 0],
  ["gpt2.attention.head_count", 4, 1],
  ["gpt2.feed_forward_length", 4, 32],
  ["gpt2.attention.layer_norm_epsilon", 6, 0x3727c5ac],
];
const TENSORS: GgufTensor[] = [
  { name: "token_embd.weight", dimensions: [32, 4], type: 8, offset: 0 }, // 136 bytes
  { name: "position_embd.weight", dimensions: [32, 2], type: 0, offset: 160 }, // 256 bytes
  { name: "output_norm.weight", dimensions: [32], type: 0, offset: 416 },
  { name: "output_norm.bias", dimensions: [32], type: 0, offset: 544 }, // to 672
];
const BYTES = 672;
const without = (key: string) => MODEL.filter(([each]) => each !== key);
const replaced = (at: number, changes: Partial<GgufTensor>) =>
  TENSORS.map((tensor, i) => (i === at ? { ...tensor, ...changes } : tensor));

test("a file made by hand, with and without padding at its end", async () => {
  const checkpoint = await open(writeGguf(MODEL, TENSORS, { data: BYTES }));
  expect((await collect(checkpoint)).parameters.size).toBe(4);
  expect(checkpoint.tokenizer).toBeUndefined();
  const short = TENSORS.slice(0, 1);
  for (const data of [136, 150, 160]) {
    await expect(open(writeGguf(MODEL, short, { data }))).rejects.toMatchObject({ code: "missing-tensor" });
  }
  await expect(open(writeGguf(MODEL, short, { data: 161 }))).rejects.toMatchObject({ code: "bad-header" });
});

test.each<[string, ArrayBuffer, string, RegExp]>([
  ["version 1", writeGguf(MODEL, TENSORS, { version: 1 }), "bad-header", /version is 1, expected 2 or 3/],
  ["another architecture", writeGguf([["general.architecture", 8, "llama"]], []), "unsupported-model", /"llama"/],
  ["a number for its architecture", writeGguf([["general.architecture", 10, 1n]], []), "unsupported-model", /1n/],
  ["a key twice", writeGguf([...MODEL, ...MODEL], TENSORS), "bad-header", /general\.architecture twice/],
  ["an unknown value type", writeGguf([["x", 77, 1]], []), "bad-header", /x has an unknown type/],
  [
    "a missing key",
    writeGguf(without("gpt2.block_count"), TENSORS, { data: BYTES }),
    "invalid-config",
    /gpt2\.block_count/,
  ],
  ["a tensor twice", writeGguf(MODEL, [...TENSORS, ...TENSORS]), "bad-header", /token_embd\.weight twice/],
  [
    "an overlap",
    writeGguf(MODEL, replaced(1, { offset: 128 })),
    "bad-header",
    /position_embd\.weight begins at 128, expected 160/,
  ],
  ["a hole", writeGguf(MODEL, replaced(1, { offset: 192 })), "bad-header", /begins at 192, expected 160/],
  [
    "a type nobody knows",
    writeGguf(MODEL, replaced(0, { type: 99 })),
    "bad-header",
    /token_embd\.weight has the unknown type 99/,
  ],
  [
    "half a block",
    writeGguf(MODEL, replaced(0, { dimensions: [31, 4] })),
    "bad-header",
    /rows of 31, Q8_0 needs whole 32s/,
  ],
  [
    "four dimensions",
    writeGguf(MODEL, replaced(0, { dimensions: [32, 4, 1, 1] }), { data: BYTES }),
    "wrong-shape",
    /\[1, 1, 4, 32\]/,
  ],
  ["five dimensions", writeGguf(MODEL, replaced(0, { dimensions: [1, 1, 1, 1, 1] })), "bad-header", /5 dimensions/],
  [
    "a huge shape",
    writeGguf(MODEL, replaced(3, { dimensions: [2 ** 40, 2 ** 40] })),
    "bad-header",
    /output_norm\.bias takes/,
  ],
  ["a count that lies", writeGguf(MODEL, TENSORS, { tensorCount: 2 ** 50 }), "truncated", /within its header/],
  [
    "a type that is not read",
    writeGguf(MODEL, replaced(3, { type: 28 }), { data: BYTES + 128 }),
    "wrong-dtype",
    /output_norm\.bias as F64/,
  ],
  [
    "a vector in blocks",
    writeGguf(MODEL, replaced(3, { type: 8 }), { data: 578 }),
    "wrong-dtype",
    /output_norm\.bias as Q8_0, expected F32, F16, BF16\./,
  ],
  [
    "a matrix in blocks that are not read",
    writeGguf(MODEL, replaced(0, { type: 9 }), { data: BYTES }),
    "wrong-dtype",
    /token_embd\.weight as Q8_1, expected F32, .*Q6_K\./,
  ],
  ["half of the tensors", writeGguf(MODEL, TENSORS, { data: 300 }), "truncated", /but its tensors end at/],
  [
    "a sentencepiece vocabulary",
    writeGguf([...MODEL, ["tokenizer.ggml.model", 8, "llama"]], TENSORS, { data: BYTES }),
    "bad-tokenizer",
    /tokenizer\.ggml\.model "llama"/,
  ],
  [
    "another pre-tokenizer",
    writeGguf([...MODEL, ["tokenizer.ggml.model", 8, "gpt2"], ["tokenizer.ggml.pre", 8, "qwen2"]], TENSORS, {
      data: BYTES,
    }),
    "bad-tokenizer",
    /tokenizer\.ggml\.pre "qwen2"/,
  ],
])("%s is refused by name", async (_, file, code, message) => {
  await expect(open(file)).rejects.toMatchObject({ name: "GPTError", code, message: expect.stringMatching(message) });
});

test("sources that are none", async () => {
  await expect(open(new Blob(["{}"]))).rejects.toMatchObject({ code: "truncated" });
  await expect(open({} as ModelSource)).rejects.toMatchObject({ code: "bad-argument" });
  await expect(open(undefined as unknown as ModelSource)).rejects.toMatchObject({ code: "bad-argument" });
  await expect(open("http://")).rejects.toMatchObject({
    code: "bad-argument",
    message: expect.stringContaining("is not an address"),
  });
});
