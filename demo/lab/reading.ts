import type { GPT } from "../../src/index";
import { visible } from "../surprise";

/** A sentence as one model reads it. */
export interface Reading {
  readonly gpt: GPT;
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  /** Tokens of the whole sentence; the panels show the first `MOST_TOKENS`. */
  readonly all: number;
}

/** More would not fit into a picture on a phone. */
const MOST_TOKENS = 24;

/** Reads a sentence. */
export async function read(gpt: GPT, sentence: string): Promise<Reading> {
  const all = await gpt.encode(sentence);
  const ids = [...all.slice(0, Math.min(MOST_TOKENS, gpt.config.contextLength))];
  const tokens = (await Promise.all(ids.map((id) => gpt.decode([id])))).map(visible);
  return { gpt, ids, tokens, all: all.length };
}
