import { GPTError } from "../errors";
import type { ActivationName, GPTConfigInput } from "../model/config";
import type { ConfigFile } from "./types";

/** One way of writing a configuration. Where several of their keys name one of ours, the first that is there counts. */
interface Dialect {
  /** The key by which it is known. */
  mark: string;
  keys: Readonly<Partial<Record<keyof GPTConfigInput, readonly string[]>>>;
  /** What holds where the file is silent. */
  defaults: Partial<GPTConfigInput>;
}

const SIZES = ["vocabSize", "contextLength", "embDim", "nHeads", "nLayers"] as const;

const GPT2_KEYS: Dialect["keys"] = {
  vocabSize: ["vocab_size"],
  contextLength: ["n_positions", "block_size", "n_ctx"],
  embDim: ["n_embd"],
  nHeads: ["n_head"],
  nLayers: ["n_layer"],
  innerDim: ["n_inner"],
  dropRate: ["resid_pdrop", "dropout"],
  normEps: ["layer_norm_epsilon"],
  tied: ["tie_word_embeddings"],
};

const BOOK_KEYS: Dialect["keys"] = {
  vocabSize: ["vocab_size"],
  contextLength: ["context_length"],
  embDim: ["emb_dim"],
  nHeads: ["n_heads"],
  nLayers: ["n_layers"],
  dropRate: ["drop_rate"],
  innerDim: ["inner_dim", "hidden_dim"],
};

/** First match wins: nanoGPT writes GPT-2's keys but for one, and its GELU is the exact one. */
const DIALECTS: readonly Dialect[] = [
  { mark: "block_size", keys: GPT2_KEYS, defaults: { tied: true, activation: "gelu-erf" } },
  { mark: "n_embd", keys: GPT2_KEYS, defaults: { tied: true } },
  { mark: "emb_dim", keys: BOOK_KEYS, defaults: {} },
];

/** `activation_function` in transformers (ACT2FN) → ours. */
const ACTIVATIONS: Readonly<Record<string, ActivationName>> = {
  gelu_new: "gelu-tanh",
  gelu_pytorch_tanh: "gelu-tanh",
  gelu_fast: "gelu-tanh",
  gelu_python_tanh: "gelu-tanh",
  gelu_accurate: "gelu-tanh",
  gelu: "gelu-erf",
  gelu_python: "gelu-erf",
  relu: "relu",
};

/** Switches of transformers' GPT-2 that change the arithmetic, at the one setting this package computes. */
const FIXED: Readonly<Record<string, boolean>> = {
  scale_attn_weights: true,
  scale_attn_by_inverse_layer_idx: false,
  add_cross_attention: false,
};

/**
 * Reads a parsed `config.json`: GPT-2's keys, nanoGPT's, the book's, or a configuration of ours.
 * Throws `GPTError` `unsupported-model` or `invalid-config` that names the key and what was found.
 */
export function readConfig(json: Record<string, unknown>, file: string): ConfigFile {
  if ("embDim" in json)
    return { config: json as unknown as GPTConfigInput, origin: { file, keys: {} }, eosTokenIds: [] };
  refuseOthers(json, file);
  const dialect = DIALECTS.find(({ mark }) => mark in json);
  if (!dialect) {
    const found = Object.keys(json).slice(0, 6).join(", ") || "nothing";
    throw new GPTError(
      "invalid-config",
      `${file} has none of n_embd, emb_dim, embDim: it holds ${found}. Is it the model's config.json?`,
    );
  }
  const config: Record<string, unknown> = { ...dialect.defaults };
  const keys: Record<string, string> = {};
  for (const [ours, theirs] of Object.entries(dialect.keys)) {
    const key = theirs.find((each) => json[each] !== undefined && json[each] !== null);
    if (key === undefined) continue;
    keys[ours] = key;
    config[ours] = json[key];
  }
  const missing = SIZES.find((key) => config[key] === undefined);
  if (missing) {
    throw new GPTError("invalid-config", `${file} has no ${dialect.keys[missing]?.[0]}. Add it as the model has it.`);
  }
  const activation = json.activation_function;
  if (activation !== undefined) config.activation = readActivation(activation, file);
  const tiedUnlessOther = dialect.defaults.tied === true && keys.tied === undefined;
  const origin = { file, keys };
  return { config: config as unknown as GPTConfigInput, origin, tiedUnlessOther, ...tokenIds(json, file) };
}

function refuseOthers(json: Record<string, unknown>, file: string): void {
  const type = json.model_type;
  if (type !== undefined && type !== "gpt2") {
    throw new GPTError(
      "unsupported-model",
      `${file} has the model_type ${JSON.stringify(type)}, expected "gpt2". Other architectures are not supported.`,
    );
  }
  for (const [key, expected] of Object.entries(FIXED)) {
    const found = json[key] ?? expected;
    if (found === expected) continue;
    throw new GPTError(
      "unsupported-model",
      `${file} has ${key} ${JSON.stringify(found)}, supported is ${expected}. Choose a model trained so.`,
    );
  }
}

function readActivation(found: unknown, file: string): ActivationName {
  const ours = typeof found === "string" && Object.hasOwn(ACTIVATIONS, found) ? ACTIVATIONS[found] : undefined;
  if (ours) return ours;
  const known = Object.keys(ACTIVATIONS).join(", ");
  throw new GPTError(
    "unsupported-model",
    `${file} has the activation_function ${JSON.stringify(found)}, expected one of ${known}. Choose a model trained so.`,
  );
}

function tokenIds(json: Record<string, unknown>, file: string): Pick<ConfigFile, "bosTokenId" | "eosTokenIds"> {
  const [bos] = idsAt("bos_token_id", json, file);
  return { ...(bos !== undefined && { bosTokenId: bos }), eosTokenIds: idsAt("eos_token_id", json, file) };
}

/** What a parsed `generation_config.json` says otherwise of the tokens that begin and end a text. */
export function withGeneration(file: ConfigFile, generation: Record<string, unknown>): ConfigFile {
  const { eosTokenIds, ...begins } = tokenIds(generation, "generation_config.json");
  return { ...file, ...begins, ...(eosTokenIds.length > 0 && { eosTokenIds }) };
}

/** Files hold one id, several, or null. */
function idsAt(key: string, json: Record<string, unknown>, file: string): readonly number[] {
  const ids = [json[key] ?? []].flat();
  if (ids.every(Number.isInteger)) return ids as number[];
  throw new GPTError(
    "invalid-config",
    `${file} has the ${key} ${JSON.stringify(json[key])}, expected an id or several.`,
  );
}
