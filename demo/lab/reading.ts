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
  return { gpt, ids, tokens: await namesOf(gpt, ids), all: all.length };
}

/** The tokens as words. Those that make a character together are numbered: `ç₁`, `ç₂`. */
async function namesOf(gpt: GPT, ids: readonly number[]): Promise<string[]> {
  const names: string[] = [];
  while (names.length < ids.length) {
    const { text, count } = await wholeFrom(gpt, ids.slice(names.length));
    const name = visible(text);
    names.push(...(count === 1 ? [name] : Array.from(SUBSCRIPTS.slice(0, count), (number) => name + number)));
  }
  return names;
}

const SUBSCRIPTS = "₁₂₃₄";

/** The fewest tokens from the first on that are whole characters; the first alone where none are. */
async function wholeFrom(gpt: GPT, ids: readonly number[]): Promise<{ text: string; count: number }> {
  for (let count = 1; count <= Math.min(SUBSCRIPTS.length, ids.length); count++) {
    const text = await gpt.decode(ids.slice(0, count));
    if (!text.includes("\ufffd")) return { text, count };
  }
  return { text: await gpt.decode(ids.slice(0, 1)), count: 1 };
}
