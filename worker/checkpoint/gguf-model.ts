import { GPTError } from "../errors";
import type { GPTConfigInput } from "../model/config";
import type { TokenizerFiles } from "../parsed-tokenizer";
import { show } from "../values";
import type { ByteReader } from "./byte-reader";
import { BLOCKS, unpacker } from "./ggml-blocks";
import { type GgufHeader, readGgufHeader } from "./gguf";
import type { GgufValue } from "./gguf-cursor";
import type { ConfigFile, FileHeader, FileTensor, OwnFiles } from "./types";

/** Our keys → GGUF's, after `gpt2.`. */
const KEYS: readonly [keyof GPTConfigInput, string][] = [
  ["contextLength", "context_length"],
  ["embDim", "embedding_length"],
  ["nLayers", "block_count"],
  ["nHeads", "attention.head_count"],
  ["innerDim", "feed_forward_length"],
  ["normEps", "attention.layer_norm_epsilon"],
];

/** Pre-tokenizers that are GPT-2's own pattern. */
const PRE_TOKENIZERS: readonly unknown[] = [undefined, "default", "gpt-2"];

/** `llama_token_type`. */
const TOKEN = { control: 3, userDefined: 4, unused: 5 };

/** Reads a GGUF header with what it says of the model. Throws `GPTError` `bad-header`, `truncated`. */
export async function readGguf(reader: ByteReader): Promise<FileHeader> {
  const header = await readGgufHeader(reader);
  const unpack = new Map(Object.entries(BLOCKS).map(([name, type]) => [name, unpacker(type)]));
  const own: OwnFiles = {
    describes: header.metadata.has("general.architecture"),
    config: (tensors) => readConfig(header, tensors),
    tokenizer: () => readTokenizer(header),
  };
  return { ...header, unpack, own };
}

/**
 * The configuration in a GGUF header of the architecture `gpt2`, which computes the tanh GELU.
 * Throws `GPTError` `unsupported-model` for another architecture, `invalid-config` for a missing key.
 */
function readConfig({ metadata, file }: GgufHeader, tensors: readonly FileTensor[]): ConfigFile {
  const architecture = metadata.get("general.architecture");
  if (architecture !== "gpt2") {
    throw new GPTError(
      "unsupported-model",
      `${file} has the architecture ${show(architecture)}, expected "gpt2". Others are not supported.`,
    );
  }
  const config: Partial<Record<keyof GPTConfigInput, unknown>> = {
    vocabSize: tensors.find(({ name }) => name === "token_embd.weight")?.shape[0],
    activation: "gelu-tanh",
  };
  for (const [ours, theirs] of KEYS) config[ours] = numberAt(metadata, `gpt2.${theirs}`, file);
  if (config.vocabSize === undefined) {
    throw new GPTError("missing-tensor", `${file} has no tensor token_embd.weight. Convert or download it again.`);
  }
  const bos = metadata.get("tokenizer.ggml.bos_token_id");
  const eos = metadata.get("tokenizer.ggml.eos_token_id");
  return {
    config: config as GPTConfigInput,
    origin: { file, keys: Object.fromEntries(KEYS.map(([ours, theirs]) => [ours, `gpt2.${theirs}`])) },
    ...(typeof bos === "number" && { bosTokenId: bos }),
    eosTokenIds: typeof eos === "number" ? [eos] : [],
  };
}

function numberAt(metadata: GgufHeader["metadata"], key: string, file: string): number {
  const found = metadata.get(key);
  if (typeof found === "number" || typeof found === "bigint") return decimal(Number(found));
  const what = found === undefined ? "no" : "a list for";
  throw new GPTError("invalid-config", `${file} has ${what} ${key}, expected a number. Convert or download it again.`);
}

/** The shortest decimal fraction that an f32 may have been: 1e-5, where the file holds what is nearest to it. */
function decimal(value: number): number {
  if (Number.isInteger(value)) return value;
  const lengths = Array.from({ length: 9 }, (_, i) => Number(value.toPrecision(i + 1)));
  return lengths.find((short) => Math.fround(short) === value) ?? value;
}

/**
 * The vocabulary in a GGUF header as a `tokenizer.json`, or `undefined` where it has none.
 * Throws `GPTError` `bad-tokenizer` for one that is not GPT-2's kind.
 */
function readTokenizer({ metadata, file }: GgufHeader): TokenizerFiles | undefined {
  const model = metadata.get("tokenizer.ggml.model");
  if (model === undefined || model === "no_vocab" || model === "none") return undefined;
  const pre = metadata.get("tokenizer.ggml.pre");
  if (model !== "gpt2" || !PRE_TOKENIZERS.includes(pre)) {
    const found = `tokenizer.ggml.model ${show(model)}, tokenizer.ggml.pre ${show(pre)}`;
    throw new GPTError("bad-tokenizer", `${file} has ${found}; expected "gpt2" and "gpt-2". Give a tokenizer.json.`);
  }
  const types = listAt(metadata, "tokenizer.ggml.token_type");
  const vocab: Record<string, number> = Object.create(null); // "__proto__" is a key like any other
  const added: { content: GgufValue; id: number; special: boolean }[] = [];
  for (const [id, content] of listAt(metadata, "tokenizer.ggml.tokens").entries()) {
    const type = types[id];
    if (type === TOKEN.unused) continue;
    vocab[String(content)] = id;
    if (type === TOKEN.control || type === TOKEN.userDefined)
      added.push({ content, id, special: type === TOKEN.control });
  }
  return {
    json: {
      added_tokens: added,
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
      model: { type: "BPE", vocab, merges: listAt(metadata, "tokenizer.ggml.merges") },
    },
  };
}

function listAt(metadata: GgufHeader["metadata"], key: string): readonly GgufValue[] {
  const found = metadata.get(key);
  return Array.isArray(found) ? found : [];
}
