import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../../worker/checkpoint/load";
import type { SeparateFiles } from "../../worker/checkpoint/types";
import { type TestTensor, type TestTensors, writeSafetensors, zeroConfig, zeroTensors } from "../helpers/checkpoints";
import { collect } from "../helpers/collect";
import { parameters } from "../helpers/parameters";

const sizes = { vocabSize: 7, positions: 6, width: 4, layers: 2 };
const hub = () => counted(zeroTensors(sizes));
const config = zeroConfig(sizes);

/** Each tensor filled with numbers of its own. */
function counted(tensors: TestTensors): TestTensors {
  let next = 0;
  return mapped(tensors, (name, { shape, data }) => [name, { shape, data: Float32Array.from(data, () => ++next) }]);
}

type Entry = [string, TestTensors[string]];

function mapped(tensors: TestTensors, change: (...entry: Entry) => Entry | undefined): TestTensors {
  return Object.fromEntries(Object.entries(tensors).flatMap((entry) => [change(...entry)].filter((each) => !!each)));
}

const renamed = (tensors: TestTensors, rename: (name: string) => string) =>
  mapped(tensors, (name, tensor) => [rename(name), tensor]);

function transpose({ shape, data }: TestTensors[string]): TestTensors[string] {
  const [rows = 1, columns = 1] = shape;
  const turned = Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number);
  return { shape: [columns, rows], data: turned };
}

/** nanoGPT's form of the hub's tensors: linear layers instead of Conv1D, all under `transformer.` but the head. */
function nanoGPT(tensors: TestTensors): TestTensors {
  return mapped(tensors, (name, tensor) => [
    name.startsWith("lm_head") ? name : `transformer.${name}`,
    /\.c_\w+\.weight$/.test(name) ? transpose(tensor) : tensor,
  ]);
}

/** The book's form of the same numbers. */
async function book(tensors: TestTensors): Promise<TestTensors> {
  const { found, plan } = await everything({ config, weights: writeSafetensors(tensors) });
  const shapes = parameters(plan.config);
  const entries = [...found].map(([name, data]) => [name, { shape: shapes.get(name) ?? [], data }]);
  return Object.fromEntries(entries);
}

async function everything(source: SeparateFiles) {
  const { plan, read } = await openCheckpoint(source, { parameters });
  const { parameters: found, calls, untied } = await collect({ read });
  return { plan, found, calls, untied };
}

const open = (tensors: TestTensors, changes: object = {}) =>
  everything({ config: { ...config, ...changes }, weights: writeSafetensors(tensors) });

const nanoConfig = { n_layer: 2, n_head: 1, n_embd: 4, block_size: 6, vocab_size: 7, bias: true, dropout: 0.1 };
const bookConfig = { vocab_size: 7, context_length: 6, emb_dim: 4, n_heads: 1, n_layers: 2, drop_rate: 0.1 };

describe("the same numbers under other names", () => {
  test.each(["transformer.", "_orig_mod.", "module.", "model.", "_orig_mod.transformer."])("%s", async (prefix) => {
    const expected = await open(hub());
    const { found } = await open(renamed(hub(), (name) => prefix + name));
    expect(found).toEqual(expected.found);
  });

  test("nanoGPT's layout is known by c_attn, its GELU is exact, its head tied", async () => {
    const { "lm_head.weight": _, ...headless } = hub();
    const expected = await open(headless, { tie_word_embeddings: true });
    const tensors = nanoGPT(headless);
    const { plan, found } = await everything({ config: nanoConfig, weights: writeSafetensors(tensors) });
    expect(found).toEqual(expected.found);
    expect(plan.config).toMatchObject({ activation: "gelu-erf", tied: true, dropRate: 0.1, contextLength: 6 });
  });

  test("nanoGPT's tied weight that safetensors kept under the head's name", async () => {
    const {
      "transformer.wte.weight": _,
      "lm_head.weight": head = { shape: [], data: [] },
      ...tensors
    } = nanoGPT(hub());
    for (const all of [
      { ...tensors, "lm_head.weight": head },
      { "lm_head.weight": head, ...tensors },
    ]) {
      const { plan, found } = await everything({ config: nanoConfig, weights: writeSafetensors(all) });
      expect(found.get("tok_emb.weight")).toEqual(head.data);
      expect(found.get("pos_emb.weight")).toEqual(hub()["wpe.weight"]?.data);
      expect(plan.config.tied).toBe(true);
    }
  });

  test("the book's names, masks left out, untied where there is a head", async () => {
    const expected = await open(hub());
    const tensors = await book(hub());
    const masks = Object.fromEntries(
      [0, 1].map((n) => [`trf_blocks.${n}.att.mask`, { shape: [6, 6], data: new Float32Array(36) }]),
    );
    const weights = writeSafetensors({ ...masks, ...tensors });
    const { plan, found } = await everything({ config: { ...bookConfig, qkv_bias: true }, weights });
    expect(found).toEqual(expected.found);
    expect(plan.config).toMatchObject({ tied: false, qkvBias: true, activation: "gelu-tanh", dropRate: 0.1 });
    const { "out_head.weight": _, ...headless } = tensors;
    const tied = await everything({ config: bookConfig, weights: writeSafetensors(headless) });
    expect(tied.plan.config.tied).toBe(true);
  });
});

describe("biases that a model was trained without", () => {
  const without = (pattern: RegExp) => mapped(hub(), (...entry) => (pattern.test(entry[0]) ? undefined : entry));

  test("query, key and value: a configuration", async () => {
    const { plan } = await open(without(/c_attn\.bias/));
    expect(plan.config.qkvBias).toBe(false);
    expect(plan.zeros).toEqual([]);
  });

  test("all of them (nanoGPT's bias=False): zeros", async () => {
    const { plan, found } = await open(without(/bias/));
    expect(plan.zeros.length).toBe(2 * 5 + 1);
    expect(plan.zeros).toContain("trf_blocks.1.norm2.shift");
    expect(new Set([...found.keys(), ...plan.zeros])).toEqual(new Set(parameters(plan.config).keys()));
  });

  test.each([/h\.1\.attn\.c_attn\.bias/, /h\.0\.mlp\.c_fc\.bias/, /c_proj\.bias/, /ln_f\.bias/])(
    "%s alone is missing",
    async (pattern) => {
      await expect(open(without(pattern))).rejects.toMatchObject({ code: "missing-tensor" });
    },
  );
});

describe("tied or not", () => {
  const wte = "wte.weight";
  const head = "lm_head.weight";
  const equal = { ...hub(), [head]: hub()[wte] as TestTensor };
  const { [head]: _, ...headless } = hub();
  /** The head first, as safetensors writes the names that transformers gives them. */
  const turned = (tensors: TestTensors) => ({ [head]: tensors[head] as TestTensor, ...tensors });

  test("the configuration says untied", async () => {
    const { found, untied } = await open(hub(), { tie_word_embeddings: false });
    expect(found.get("out_head.weight")).toEqual(hub()[head]?.data);
    expect(untied).toBe(0);
  });

  test.each([
    ["without a head", headless],
    ["with the embedding once more", equal],
    ["the other way round", turned(equal)],
  ])("tied, said or not: %s", async (_, tensors) => {
    for (const tie_word_embeddings of [undefined, null, true]) {
      const { plan, found, calls, untied } = await open(tensors, { tie_word_embeddings });
      expect(plan.config.tied).toBe(true);
      expect(found.get("tok_emb.weight")).toEqual(hub()[wte]?.data);
      expect(calls.filter(({ tensor: { name } }) => name === wte || name === head).length).toBe(1);
      expect([untied, found.has("out_head.weight")]).toEqual([0, false]);
    }
  });

  const half = (tensor: TestTensor) => ({ ...tensor, data: new Uint8Array(2 * tensor.data.length), dtype: "BF16" });
  test.each([
    ["the head", hub()],
    ["the head, which comes first", turned(hub())],
    ["a head of another type", { ...hub(), [head]: half(hub()[head] as TestTensor) }],
  ])("the configuration is silent and the weights have another head: %s is used", async (_, tensors) => {
    const { found, untied } = await open(tensors, { tie_word_embeddings: undefined });
    const expected = await open(tensors, { tie_word_embeddings: false });
    expect(found).toEqual(expected.found);
    expect(untied).toBe(1);
  });

  test("heads that differ in their last number only, in a tensor of several chunks", async () => {
    const wide = { vocabSize: 40_000, positions: 6, width: 32 };
    const tensors = zeroTensors(wide);
    const data = new Float32Array(40_000 * 32);
    data[data.length - 1] = 1;
    const other = { ...tensors, [head]: { shape: [40_000, 32], data } };
    const silent = { ...zeroConfig(wide), tie_word_embeddings: undefined };
    const { found, calls, untied } = await everything({ config: silent, weights: writeSafetensors(other) });
    expect(found.get("out_head.weight")).toEqual(data);
    expect(found.get("tok_emb.weight")).toEqual(tensors[wte]?.data);
    expect(untied).toBe(1);
    const rows = calls.filter(({ tensor }) => tensor.name === head);
    expect(rows.map(({ firstRow, rows }) => firstRow + rows)).toEqual([40_000]); // of it, only the last chunk is handed on
  });

  test.each([hub(), turned(hub())])("a head of its own in a model said to be tied is an error", async (tensors) => {
    const expected = {
      code: "invalid-config",
      message: expect.stringMatching(
        /has (wte|lm_head)\.weight and another (wte|lm_head)\.weight, .*Set tie_word_embeddings to false/,
      ),
    };
    await expect(open(tensors, { tie_word_embeddings: true })).rejects.toMatchObject(expected);
  });

  test("a head of another shape is an error, whatever is said", async () => {
    const tensors = { ...hub(), [head]: { shape: [8, 4], data: new Float32Array(32) } };
    for (const tie_word_embeddings of [undefined, true, false]) {
      const expected = { code: "wrong-shape", message: expect.stringContaining("lm_head.weight as [8, 4]") };
      await expect(open(tensors, { tie_word_embeddings })).rejects.toMatchObject(expected);
    }
  });

  test("an untied model without a head is refused", async () => {
    const expected = {
      code: "missing-tensor",
      message: expect.stringContaining("lm_head.weight (or out_head.weight)"),
    };
    await expect(open(headless)).rejects.toMatchObject(expected);
  });
});

describe("weights that do not fit the configuration are refused by name", () => {
  const zero = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) });
  const { "h.1.mlp.c_fc.weight": _, ...gap } = hub();

  test.each<[string, TestTensors, object, string, RegExp]>([
    [
      "a missing tensor",
      gap,
      {},
      "missing-tensor",
      /has no tensor h\.1\.mlp\.c_fc\.weight \(or trf_blocks\.1\.ff\.layers\.0\.weight\)\. /,
    ],
    ["more blocks in the configuration", hub(), { n_layer: 3 }, "missing-tensor", /h\.2\.\S+ .*nor 15 others/],
    ["more blocks in the file", hub(), { n_layer: 1 }, "invalid-config", /h\.1\.ln_1\.weight, for which/],
    ["a padded vocabulary", hub(), { vocab_size: 5 }, "wrong-shape", /wte\.weight as \[7, 4\].*expects \[5, 4\]/],
    ["other positions", hub(), { n_positions: 1024 }, "wrong-shape", /wpe\.weight as \[6, 4\].*\[1024, 4\]/],
    ["another n_inner", hub(), { n_inner: 12 }, "wrong-shape", /h\.0\.mlp\.c_fc\.weight as \[4, 16\].*\[4, 12\]/],
    [
      "another width",
      hub(),
      { n_embd: 8 },
      "wrong-shape",
      /c_attn\.weight as \[4, 12\].*\[8, 24\] or \[24, 8\]\. Give the config\.json of these weights/,
    ],
    [
      "a vector for a matrix",
      { ...hub(), "h.0.ln_1.bias": zero(2, 2) },
      {},
      "wrong-shape",
      /h\.0\.ln_1\.bias as \[2, 2\]/,
    ],
    [
      "two tensors for one parameter",
      { ...hub(), "transformer.wte.weight": zero(7, 4) },
      {},
      "bad-header",
      /both wte\.weight and transformer\.wte\.weight for tok_emb\.weight/,
    ],
    [
      "one matrix turned",
      { ...hub(), "h.1.mlp.c_fc.weight": zero(16, 4) },
      {},
      "wrong-shape",
      /h\.1\.mlp\.c_fc\.weight as \[16, 4\].*\[4, 16\]/,
    ],
    [
      "an unknown part of a block",
      { ...hub(), "h.0.crossattention.c_attn.weight": zero(4, 4) },
      {},
      "invalid-config",
      /h\.0\.crossattention\.c_attn\.weight, for which/,
    ],
    [
      "an unknown part of the model, whatever its type",
      { ...hub(), "transformer.emb_ln.weight": { shape: [1], data: new Uint8Array(1), dtype: "I8" } },
      {},
      "invalid-config",
      /transformer\.emb_ln\.weight, for which/,
    ],
    [
      "whole numbers",
      { ...hub(), "h.0.mlp.c_fc.weight": { shape: [4, 16], data: new Uint8Array(64), dtype: "I8" } },
      {},
      "wrong-dtype",
      /h\.0\.mlp\.c_fc\.weight as I8, expected F32, F16, BF16\./,
    ],
    [
      "names of another model",
      renamed(hub(), (name) => `gpt.${name}`),
      {},
      "missing-tensor",
      /no tensor wte\.weight \(or tok_emb\.weight\), nor \d+ others, but gpt\.wte\.weight and 28 others without a place/,
    ],
    [
      "an embedding of another name",
      renamed(hub(), (name) => `transformer.${name}`.replace("wte", "wtt")),
      {},
      "missing-tensor",
      /no tensor wte\.weight \(or tok_emb\.weight\), but transformer\.wtt\.weight without a place/,
    ],
    [
      "an adapter",
      mapped(hub(), (name, tensor) => [name.replace(/(c_attn)\./, "$1.base_layer."), tensor]),
      {},
      "missing-tensor",
      /but h\.0\.attn\.c_attn\.base_layer\.weight and 3 others .*merge_and_unload/,
    ],
  ])("%s", async (_, tensors, changes, code, message) => {
    await expect(open(tensors, changes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("one shard of several", async () => {
    const weights = new File([writeSafetensors(gap)], "model-00001-of-00002.safetensors");
    const expected = { code: "missing-tensor", message: expect.stringContaining("one file of several") };
    await expect(everything({ config, weights })).rejects.toMatchObject(expected);
  });

  test("what is outside the model is passed over", async () => {
    const outside = [
      "score.weight",
      "v_head.summary.bias",
      "qa_outputs.weight",
      "classifier.bias",
      "model.score.weight",
    ];
    const masks = ["h.0.attn.bias", "h.1.attn.masked_bias"];
    const others = [...outside, ...masks.flatMap((name) => [name, `transformer.${name}`])];
    const tensors = { ...hub(), ...Object.fromEntries(others.map((name) => [name, zero(3)])) };
    expect((await open(tensors)).found).toEqual((await open(hub())).found);
  });
});
