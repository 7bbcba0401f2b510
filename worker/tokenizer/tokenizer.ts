import { joined } from "../bytes";
import { chunk } from "../chunk";
import { GPTError } from "../errors";
import type { TokenizerFiles, TokenizerPair } from "../parsed-tokenizer";
import { splitter } from "./added-tokens";
import { BACKENDS, type TokenizerBackend } from "./backends";
import { bytesOfToken } from "./byte-alphabet";
import type { Encoder } from "./encoder";
import { readSpec, type TokenizerSpec } from "./spec";

/**
 * Text to token ids and back, byte for byte: `decode(encode(text)) === text` for every well-formed text (the normalized
 * one where the file has a normalizer).
 */
export interface Tokenizer {
  /** One more than the largest id. */
  readonly vocabSize: number;
  /** A lone surrogate in `text` counts as U+FFFD. */
  encode(text: string): Int32Array;
  /** Ids without a token decode to nothing, bytes that are no UTF-8 to U+FFFD; nothing is cleaned up. */
  decode(ids: ArrayLike<number>): string;
  /** The bytes a token stands for; empty for an unknown id. */
  bytes(id: number): Uint8Array;
}

const NO_BYTES = new Uint8Array();

/**
 * A byte-level BPE tokenizer from its files.
 *
 * @throws GPTError `bad-tokenizer` for files that are damaged, or no byte-level BPE · `network` when the backend's code
 * can't be loaded
 */
export async function createTokenizer(
  files: TokenizerFiles,
  backend: TokenizerBackend = "web-tokenizers",
): Promise<Tokenizer> {
  const spec = readSpec("json" in files ? files.json : await combined(files));
  const encoder = await open(backend, spec);
  const { tokens, addedTokens, normalize } = spec; // what follows keeps these alone
  const split = splitter(addedTokens, normalize);
  const added = new Map(addedTokens.map(({ id, content }) => [id, content]));
  const bytesOfId = new Map<number, Uint8Array>(); // filled as ids come

  function bytes(id: number): Uint8Array {
    const known = bytesOfId.get(id);
    if (known) return known;
    const text = added.get(id);
    const token = tokens[id];
    if (text === undefined && token === undefined) return NO_BYTES;
    const found = text === undefined ? bytesOfToken(token ?? "") : new TextEncoder().encode(text);
    bytesOfId.set(id, found);
    return found;
  }

  return {
    vocabSize: addedTokens.reduce((size, { id }) => Math.max(size, id + 1), tokens.length),
    encode(text) {
      const ids: number[] = [];
      for (const section of split(text.replace(/\p{Surrogate}/gu, "\uFFFD"))) {
        if (typeof section === "number") ids.push(section);
        else for (const id of Array.from(encoder.encode(section))) ids.push(id);
      }
      return Int32Array.from(ids);
    },
    decode(ids) {
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(joined(Array.from(ids, bytes)));
    },
    bytes,
  };
}

/** Few folders have the older pair alone: what reads it is a chunk of its own. */
async function combined(files: TokenizerPair): Promise<unknown> {
  return (await chunk(import("./combine"))).combine(files);
}

async function open(backend: TokenizerBackend, spec: TokenizerSpec): Promise<Encoder> {
  const { openEncoder } = await BACKENDS[backend]().catch((cause) => {
    throw notLoaded(backend, cause);
  });
  try {
    return await openEncoder(spec);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "NetworkError") throw notLoaded(backend, cause);
    const other = Object.keys(BACKENDS).find((name) => name !== backend);
    throw new GPTError(
      "bad-tokenizer",
      `The tokenizer: ${backend} can't read its files (${cause}); try the option tokenizer: '${other}'`,
      { cause },
    );
  }
}

function notLoaded(backend: TokenizerBackend, cause: unknown): GPTError {
  const message = `The tokenizer's code could not be loaded (${backend}: ${cause}). It is in files beside the worker's: are they served?`;
  return new GPTError("network", message, { cause });
}
