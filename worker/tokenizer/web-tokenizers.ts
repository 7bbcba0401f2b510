import * as umd from "@mlc-ai/web-tokenizers";
import { type Encoder, encoderJSON } from "./encoder";
import type { TokenizerSpec } from "./spec";

type Library = Pick<typeof umd, "Tokenizer">;

/**
 * The package is UMD that calls itself an ES module: where a bundler has not made exports of it, it sets the global
 * `tokenizers`.
 */
const shapes = [umd, (umd as { default?: unknown }).default, (globalThis as { tokenizers?: unknown }).tokenizers];
const library = shapes.find((shape): shape is Library => Object.hasOwn(Object(shape), "Tokenizer"));

/**
 * Hugging Face's tokenizers in Rust, compiled to wasm. Only `fromJSON` is used: `fromByteLevelBPE` panics with its own
 * default argument and gives wrong ids with `'{}'`. On what it can't read it panics, and every call after that fails
 * until the worker is a new one.
 *
 * Its tables are Unicode 14's: of the 9,752 letters and numbers added up to Unicode 17 it takes each for punctuation, so
 * the words around one may be cut otherwise than by `huggingface`, which has the engine's tables. The text comes back
 * either way.
 */
export async function openEncoder(spec: TokenizerSpec): Promise<Encoder> {
  if (!library) throw new Error("@mlc-ai/web-tokenizers was loaded but left no Tokenizer");
  const json = new TextEncoder().encode(JSON.stringify(encoderJSON({ ...spec, merges: inLines(spec.merges) })));
  const handle = await library.Tokenizer.fromJSON(json.buffer);
  return { encode: (text) => handle.encode(text) };
}

/**
 * Merges as lines where they can be: as pairs, those of GPT-2 take 12 MB more of its memory. Tokens with spaces can't,
 * and a line that begins as the first one of a `merges.txt` is passed over.
 */
function inLines(merges: TokenizerSpec["merges"]): TokenizerSpec["merges"] {
  const lines = merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  return lines.some((line) => line.startsWith("#version") || line.indexOf(" ") < line.lastIndexOf(" "))
    ? merges
    : lines;
}
