import type { ConstraintSpec } from "../generate-options";
import { createDFA, DEAD, type DFA } from "./dfa";
import type { Expression } from "./expression";
import { fromSchema } from "./json-schema";
import { createNFA, liveStates, type NFA } from "./nfa";
import { fromRegex } from "./regex";
import { SPACE, type TokenTrie } from "./token-trie";

/** How far a text has got, by the name of the automaton's state, so that sequences can share one constraint. */
export type State = string;

/** What can follow a text so that the whole can still match. */
export interface Constraint {
  readonly start: State;
  /** The tokens that can follow: id's bit is bit id % 32 of word id / 32; an end token's is set when the text matches. */
  mask(state: State): Uint32Array;
  /** After one more token. Throws a `RangeError` for one that the mask forbids. */
  advance(state: State, id: number): State;
  /** The text matches and nothing more can follow. */
  final(state: State): boolean;
}

/** Masks kept at most: 6 kB each for GPT-2's vocabulary. */
const MASKS = 2000;
/** States of bytes kept at most, up to 1 kB each; those that one mask adds may go past it. */
const STATES = 20_000;

/** The language of a constraint. Throws a `TypeError` that names what it can't do. */
function expressionOf(spec: ConstraintSpec): Expression {
  return "regex" in spec ? fromRegex(spec.regex) : fromSchema(spec.jsonSchema);
}

/** Its automaton. An error that is no `TypeError` is a stack that is full, which each engine reports in its own way. */
function automatonOf(spec: ConstraintSpec): NFA {
  try {
    return createNFA(expressionOf(spec));
  } catch (cause) {
    if (cause instanceof TypeError) throw cause;
    const message = "constraint: found groups, schemas or values nested too deep; allowed: fewer levels";
    throw new TypeError(message, { cause });
  }
}

/**
 * A constraint over a vocabulary. `endTokens` end the text: they stand for no bytes and are allowed exactly where the
 * text matches. Text is matched as UTF-8, byte by byte, so tokens may hold parts of characters.
 *
 * Masks are made when a state is first met (one walk over the vocabulary's tree, some 0.3 ms for GPT-2's) and kept.
 * Some expressions have more states than memory (`.*a.{30}` has 2³¹): when `most` are kept, it begins with none again.
 * Throws a `TypeError` for what it can't do, and where no text of this vocabulary's bytes matches.
 */
export function createConstraint(
  spec: ConstraintSpec,
  trie: TokenTrie,
  endTokens: readonly number[],
  most = STATES,
): Constraint {
  const nfa = automatonOf(spec);
  const ends = new Set(endTokens);
  const canWrite = (byte: number): boolean => {
    const id = trie.ofByte[byte] ?? -1;
    return id >= 0 && !ends.has(id);
  };
  const live = liveStates(nfa, canWrite); // from a live state a text can always go on byte by byte
  let dfa = createDFA(nfa, live);
  if (!dfa.exists)
    throw new TypeError(
      "constraint: no text that this vocabulary can write matches; allow more (it may not depend on a byte whose own token is missing, or ends the text, nor a schema on itself without end)",
    );
  const masks = new Map<number, Uint32Array>();

  function numberOf(state: State): number {
    if (dfa.size() > most) {
      dfa = createDFA(nfa, live);
      masks.clear();
    }
    return dfa.named(state);
  }

  function makeMask(number: number): Uint32Array {
    const mask = maskAt(trie, dfa, number);
    const end = dfa.accepting(number);
    for (const id of ends) setBit(mask, id, end);
    return mask;
  }

  return {
    start: dfa.nameOf(0),
    mask(state) {
      const number = numberOf(state);
      const mask = masks.get(number) ?? makeMask(number);
      if (masks.size >= MASKS) masks.clear();
      masks.set(number, mask);
      return mask;
    },
    advance(state, id) {
      let next = numberOf(state);
      if (ends.has(id) && dfa.accepting(next)) return state;
      if (ends.has(id)) next = DEAD;
      for (const byte of trie.bytesOf(id)) if (next !== DEAD) next = dfa.row(next)[dfa.classOf[byte] ?? 0] ?? DEAD;
      if (next === DEAD) throw new RangeError(`constraint: token ${id} can't follow here`);
      return dfa.nameOf(next);
    },
    final(state) {
      const number = numberOf(state);
      return dfa.accepting(number) && dfa.row(number).every((next) => next === DEAD);
    },
  };
}

function setBit(mask: Uint32Array, id: number, on: boolean): void {
  const word = mask[id >>> 5] ?? 0;
  mask[id >>> 5] = on ? word | (1 << id) : word & ~(1 << id);
}

/**
 * The tokens whose bytes lead from a state to a live one. Of words only the length matters, where the constraint treats
 * all PLAIN bytes alike: then those that are short enough are taken as one.
 */
function maskAt(trie: TokenTrie, dfa: DFA, start: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(trie.vocabSize / 32));
  for (const { from, to, words } of trie.kinds) {
    const state = words?.space ? dfa.row(start)[dfa.classOf[SPACE] ?? 0] : start;
    if (state === undefined || state === DEAD) continue;
    const ahead = words && dfa.plainAhead(state);
    if (words && ahead !== undefined) addAll(mask, words.upTo[ahead]);
    else walk(trie, dfa, start, from, to, mask);
  }
  for (const [id, twin] of trie.twins) setBit(mask, twin, (((mask[id >>> 5] ?? 0) >>> id) & 1) === 1);
  return mask;
}

function addAll(mask: Uint32Array, other: Uint32Array | undefined): void {
  for (let i = 0; i < mask.length; i++) mask[i] = (mask[i] as number) | (other?.[i] as number);
}

/**
 * Down a part of the tree, past the subtrees that no text can enter. The hot loop of a constraint, so it reads the arrays
 * without asking whether they end.
 */
function walk(trie: TokenTrie, dfa: DFA, start: number, first: number, to: number, mask: Uint32Array): void {
  const { depth, step, end, token } = trie;
  const { classOf } = dfa;
  const states = new Int32Array(depth + 1).fill(start); // after each byte on the way to the node
  for (let node = first; node < to; ) {
    const way = step[node] as number;
    const before = states[(way >>> 8) - 1] as number;
    const state = dfa.row(before)[classOf[way & 255] as number] as number;
    if (state === DEAD) {
      node = end[node] as number;
      continue;
    }
    states[way >>> 8] = state;
    const id = token[node++] as number;
    if (id >= 0) mask[id >>> 5] = (mask[id >>> 5] as number) | (1 << id);
  }
}
