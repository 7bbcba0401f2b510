import type { ConfigOrigin, GPTConfig, GPTConfigInput } from "../model/config";
import type { TokenizerFiles } from "../parsed-tokenizer";

/** One file: its address, or the bytes themselves. */
export type FileSource = string | URL | Blob | ArrayBuffer | ArrayBufferView;

/** A file, or what its JSON holds. */
export type JSONSource = FileSource | Record<string, unknown>;

/**
 * `tokenizer.json` as it is, or the pair `vocab.json` + `merges.txt`, perhaps with `added_tokens.json`,
 * `tokenizer_config.json` (`config`) and `special_tokens_map.json` (`special`).
 */
export type TokenizerSource =
  | JSONSource
  | { vocab: JSONSource; merges: FileSource; added?: JSONSource; config?: JSONSource; special?: JSONSource };

/**
 * A checkpoint whose files are named one by one. `config` may be the parsed JSON or a configuration of ours; a `.gguf`
 * as `weights` has its own, and its own tokenizer.
 */
export interface SeparateFiles {
  config?: FileSource | GPTConfigInput | Record<string, unknown>;
  /** One file, or the shards of one model. */
  weights: FileSource | readonly FileSource[];
  tokenizer?: TokenizerSource;
}

/** A folder's address, a hub id `owner/name`, one `.gguf`, or the files one by one. */
export type ModelSource = FileSource | SeparateFiles;

/** How far loading has come; `loaded` never falls and never passes `total`. */
export interface LoadProgress {
  /** Where the bytes come from; `make`: a generator, for a created model. */
  phase: "download" | "cache" | "read" | "make";
  /** Bytes so far, of bytes in all; of weights that are made, those of their f32. */
  loaded: number;
  total: number;
  /** Bytes per second over the last second or so. */
  rate: number;
}

/** A configuration as its file has it; `tied` and `qkvBias` may have to be decided from the tensors. */
export interface ConfigFile {
  config: GPTConfigInput;
  origin: ConfigOrigin;
  /** The file doesn't say `tied`: weights with another head than the embedding have the last word. */
  tiedUnlessOther?: boolean;
  bosTokenId?: number;
  /** Each ends a text. */
  eosTokenIds: readonly number[];
}

/** Element types that can be read, by safetensors' and ggml's names; the last two are blocks of 32 along a row. */
export type TensorType = "F32" | "F16" | "BF16" | "Q8_0" | "Q4_0";

/** Makes f32 of packed rows; the result lasts until the next call. */
export type Unpack = (packed: Uint8Array) => Uint8Array;

/** A tensor as a file's header describes it. `begin` counts from the file's first byte. */
export interface FileTensor {
  name: string;
  dtype: string;
  shape: readonly number[];
  begin: number;
  bytes: number;
}

/** What a weights file says of the model besides; of several, one does. */
export interface OwnFiles {
  describes: boolean;
  /** Takes the tensors of all files. */
  config(tensors: readonly FileTensor[]): ConfigFile;
  tokenizer(): TokenizerFiles | undefined;
}

/** What a weights file holds, tensors in the order of their bytes. */
export interface FileHeader {
  /** What messages call the file: its address or its name. */
  file: string;
  /** Whose names the tensors have. */
  names: "hub" | "gguf";
  tensors: readonly FileTensor[];
  /** Where the tensors' bytes begin. */
  dataStart: number;
  /** Length of the whole file, but for up to `padding` bytes that may follow. */
  fileBytes: number;
  padding: number;
  /** Types of its own that become f32 while they are read. */
  unpack?: ReadonlyMap<string, Unpack> | undefined;
  /** The configuration and tokenizer of a file that brings its own. */
  own?: OwnFiles;
}

/** The outputs `begin..end` of a file tensor (after orientation) that make up one of our parameters. */
export interface TensorPart {
  parameter: string;
  begin: number;
  end: number;
}

/** What becomes of one file tensor. A vector is a column: n rows of one element. */
export interface TensorPlan {
  file: string;
  name: string;
  /** Of the rows that are handed on: the file's own, or F32 where it has an `unpack`. */
  dtype: TensorType;
  unpack?: Unpack;
  shape: readonly number[];
  /** First byte in the file, and how many. */
  offset: number;
  bytes: number;
  /** The file holds [in, out], as GPT-2's Conv1D does. */
  transposed: boolean;
  parts: readonly TensorPart[];
}

/** The two tensors of a tied file that has the embedding and the head, in file order. Only the first is read where they are the same. */
export interface Twins {
  first: string;
  second: string;
  /** Whether the two may differ; where the configuration says they are tied, that is an error. */
  mayDiffer: boolean;
  file: string;
}

export interface CheckpointPlan {
  config: GPTConfig;
  twins?: Twins;
  /** In file order. */
  tensors: readonly TensorPlan[];
  /** What the file holds each parameter as. */
  types: ReadonlyMap<string, string>;
  /** Parameters that the file leaves out because they are zero: biases of a model trained without them. */
  zeros: readonly string[];
  bosTokenId?: number;
  eosTokenIds: readonly number[];
}

/** Rows of a file tensor, raw, in the plan's type. The callee copies them at once: the buffer is used again. */
export type OnRows = (tensor: TensorPlan, firstRow: number, rows: Uint8Array) => void;

export interface Checkpoint {
  plan: CheckpointPlan;
  tokenizer: TokenizerFiles | undefined;
  /**
   * Streams every planned tensor, anew from its first row where a kept file turns out wrong and the server's takes its
   * place. `onOwnHead` hears, before the first row that shows it, that a model planned as tied has a head of its own: up to this row
   * it is what the embedding is so far. Throws `GPTError` `truncated`, `network`, `bad-header` (bytes left over), `invalid-config`.
   */
  read(onRows: OnRows, onOwnHead: () => void): Promise<void>;
  /** After `read`, when all of it is accepted: lets the cache remember the files that came. Never rejects. */
  keep(): Promise<void>;
}
