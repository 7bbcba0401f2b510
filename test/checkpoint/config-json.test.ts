import { expect, test } from "vitest";
import { readConfig, withGeneration } from "../../worker/checkpoint/config-json";
import { completeConfig } from "../../worker/model/config";

const gpt2 = { model_type: "gpt2", vocab_size: 9, n_positions: 8, n_embd: 4, n_head: 2, n_layer: 1 };

/** As in ACT2FN of transformers 5.24: held against torch's gelu, `approximate` "tanh" or "none", each is within 1.2e-6 from -8 to 8; the two are 4.7e-4 apart. */
test.each([
  ["gelu_new", "gelu-tanh"],
  ["gelu_pytorch_tanh", "gelu-tanh"],
  ["gelu_fast", "gelu-tanh"],
  ["gelu_python_tanh", "gelu-tanh"],
  ["gelu_accurate", "gelu-tanh"],
  ["gelu", "gelu-erf"],
  ["gelu_python", "gelu-erf"],
  ["relu", "relu"],
  [undefined, "gelu-tanh"],
])("activation_function %s is %s", (activation_function, activation) => {
  const { config } = readConfig({ ...gpt2, activation_function }, "config.json");
  expect(completeConfig(config).activation).toBe(activation);
});

test("what GPT-2's file says arrives under the book's keys", () => {
  const { config } = readConfig({ ...gpt2, n_inner: null, n_ctx: 3, layer_norm_epsilon: 1e-6 }, "config.json");
  const expected = { vocabSize: 9, contextLength: 8, embDim: 4, nHeads: 2, nLayers: 1, innerDim: 16, normEps: 1e-6 };
  expect(completeConfig(config)).toMatchObject({ ...expected, tied: true });
});

test("one token id, several, or none; generation_config.json has the last word", () => {
  const file = readConfig({ ...gpt2, bos_token_id: 0, eos_token_id: [3, 4] }, "");
  expect(file).toMatchObject({ bosTokenId: 0, eosTokenIds: [3, 4] });
  expect(readConfig({ ...gpt2, eos_token_id: 7 }, "").eosTokenIds).toEqual([7]);
  expect(readConfig({ ...gpt2, eos_token_id: null }, "").eosTokenIds).toEqual([]);
  expect(withGeneration(file, { eos_token_id: [5, 6] })).toEqual({ ...file, eosTokenIds: [5, 6] });
  expect(withGeneration(file, { bos_token_id: 8, eos_token_id: null })).toEqual({ ...file, bosTokenId: 8 });
  expect(withGeneration(file, {})).toEqual(file);
  expect(() => withGeneration(file, { eos_token_id: { a: 1 } })).toThrow(
    /generation_config\.json has the eos_token_id/,
  );
});

test.each<[Record<string, unknown>, string, RegExp]>([
  [{ ...gpt2, model_type: "gpt_neo" }, "unsupported-model", /c\.json has the model_type "gpt_neo", expected "gpt2"/],
  [{ model_type: "llama", hidden_size: 4 }, "unsupported-model", /"llama"/],
  [
    { ...gpt2, activation_function: "silu" },
    "unsupported-model",
    /activation_function "silu", expected one of gelu_new.*Choose a model trained so/,
  ],
  [{ ...gpt2, activation_function: "toString" }, "unsupported-model", /"toString"/],
  [{ ...gpt2, activation_function: null }, "unsupported-model", /null/],
  [
    { ...gpt2, scale_attn_weights: false },
    "unsupported-model",
    /scale_attn_weights false, supported is true\. Choose a model trained so/,
  ],
  [{ ...gpt2, scale_attn_by_inverse_layer_idx: true }, "unsupported-model", /inverse_layer_idx true/],
  [{ ...gpt2, add_cross_attention: true }, "unsupported-model", /add_cross_attention true/],
  [{ ...gpt2, n_head: undefined }, "invalid-config", /c\.json has no n_head/],
  [{ ...gpt2, eos_token_id: "299" }, "invalid-config", /c\.json has the eos_token_id "299", expected an id or several/],
  [{ ...gpt2, eos_token_id: [3, "x"] }, "invalid-config", /the eos_token_id \[3,"x"\]/],
  [{ ...gpt2, bos_token_id: 1.5 }, "invalid-config", /the bos_token_id 1\.5/],
  [{}, "invalid-config", /none of n_embd, emb_dim, embDim: it holds nothing/],
  [{ error: "not found" }, "invalid-config", /it holds error/],
])("%o is refused", (json, code, message) => {
  const expected = expect.objectContaining({ code, message: expect.stringMatching(message) });
  expect(() => readConfig(json, "c.json")).toThrow(expected);
});

test("sizes that can't be are named as the file names them", () => {
  const complete = (changes: object) => () => {
    const { config, origin } = readConfig({ ...gpt2, ...changes }, "c.json");
    return completeConfig(config, origin);
  };
  expect(complete({ n_head: 3 })).toThrow(/^c\.json: n_embd is 4, expected a multiple of n_head 3/);
  expect(complete({ n_layer: "12" })).toThrow(/^c\.json: n_layer is "12"/);
  expect(complete({ n_layer: 1e9 })).toThrow(/n_layer is 1000000000, expected at most 10000/);
  expect(complete({ n_inner: 0 })).toThrow(/n_inner is 0/);
  expect(complete({ layer_norm_epsilon: "1e-5" })).toThrow(/layer_norm_epsilon is "1e-5"/);
  expect(complete({ n_positions: undefined, n_ctx: 0 })).toThrow(/n_ctx is 0/);
  expect(complete({ resid_pdrop: 1.5 })).toThrow(/resid_pdrop is 1.5, expected a number from 0 to 1/);
  expect(complete({ embDim: 0 })).toThrow(/^c\.json: embDim is 0/);
});

test("a model trained with a dropout of 1 is a model", () => {
  expect(completeConfig(readConfig({ ...gpt2, resid_pdrop: 1 }, "").config).dropRate).toBe(1);
});
