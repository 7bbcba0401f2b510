import { type Constraint, createConstraint, type State } from "../../../worker/sampling/constraint/constraint";
import { createTokenTrie } from "../../../worker/sampling/constraint/token-trie";
import type { ConstraintSpec } from "../../../worker/sampling/generate-options";

const encoder = new TextEncoder();
const WORDS = [
  '{"',
  '":',
  '","',
  '":"',
  '"}',
  "true",
  "false",
  "null",
  "12",
  "00",
  "e+",
  "the",
  " the",
  "é",
  "日本",
  "ab",
  "abc",
];

/** A vocabulary: every byte, pairs and triples of common ones, words, halves of characters, one empty and an end token. */
export const TOKENS: readonly Uint8Array[] = [
  ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
  ...[..."abcdefxyz0189 -."].flatMap((a) => [..."abcd019"].map((b) => encoder.encode(a + b))),
  ...WORDS.map((word) => encoder.encode(word)),
  Uint8Array.of(0x61, 0xf0, 0x9f),
  Uint8Array.of(0x98, 0x80, 0x61),
  Uint8Array.of(),
  encoder.encode("ab"),
];
/** Its text would match as well, but it ends the text. */
export const END = TOKENS.length - 1;

export const trie = createTokenTrie((id) => TOKENS[id] ?? Uint8Array.of(), TOKENS.length);
export const constrain = (spec: ConstraintSpec): Constraint => createConstraint(spec, trie, [END]);

export const allowed = (mask: Uint32Array): number[] =>
  TOKENS.flatMap((_, id) => (((mask[id >>> 5] as number) >>> (id & 31)) & 1 ? [id] : []));

export const textOf = (ids: readonly number[]): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
    Uint8Array.from(ids.flatMap((id) => Array.from(TOKENS[id] as Uint8Array))),
  );

/** The text matches as it is, so that it may end. */
export const accepting = (constraint: Constraint, state: State): boolean =>
  allowed(constraint.mask(state)).includes(END);

/** Whether a text matches, going byte by byte through the masks. */
export function matches(constraint: Constraint, text: string): boolean {
  let state = constraint.start;
  for (const byte of encoder.encode(text)) {
    if (!allowed(constraint.mask(state)).includes(byte)) return false;
    state = constraint.advance(state, byte);
  }
  return accepting(constraint, state);
}

/** Random tokens under the masks, then the shortest way to a match: a text, or undefined where that is long. */
export function wander(constraint: Constraint, random: () => number, steps: number): string | undefined {
  const ids: number[] = [];
  let state = constraint.start;
  for (let i = 0; i < steps && !constraint.final(state); i++) {
    const options = allowed(constraint.mask(state));
    if (options.length === 0) throw new Error("a mask without a token");
    const id = options[Math.floor(random() * options.length)] as number;
    if (id === END) return textOf(ids);
    ids.push(id);
    state = constraint.advance(state, id);
  }
  const rest = shortestEnd(constraint, state);
  return rest && textOf([...ids, ...rest]);
}

/** A text that was cut, and the shortest way from there to a match; undefined where there is none, or a long one. */
export function completed(constraint: Constraint, text: string): string | undefined {
  const ids = [...encoder.encode(text)];
  const rest = shortestEnd(constraint, ids.reduce(constraint.advance, constraint.start));
  return rest && textOf([...ids, ...rest]);
}

function shortestEnd(constraint: Constraint, from: State): number[] | undefined {
  const seen = new Map<State, number[]>([[from, []]]);
  for (const [state, ids] of seen) {
    if (accepting(constraint, state)) return ids;
    if (seen.size > 100) return undefined;
    for (const id of allowed(constraint.mask(state)).filter((one) => one < 256)) {
      const next = constraint.advance(state, id);
      if (!seen.has(next)) seen.set(next, [...ids, id]);
    }
  }
  return undefined;
}
