import { ACCEPT, type Edge, type NFA } from "./nfa";
import { PLAIN } from "./token-trie";

export const DEAD = -1;
export const UNKNOWN = -2;

/** A deterministic automaton over bytes, made as far as it is walked. States are numbers from 0, the start, up. */
export interface DFA {
  /** Whether any text is accepted. */
  exists: boolean;
  /** How many states have been made. */
  size(): number;
  /** What a state is called in every automaton of this language. */
  nameOf(state: number): string;
  /** The state of that name. */
  named(name: string): number;
  accepting(state: number): boolean;
  /** The state after one more byte, or DEAD. */
  step(state: number, byte: number): number;
  /** [state · 256 + byte] → the state after it, DEAD, or UNKNOWN where `step` has to be asked; that may make a new table. */
  table(): Int32Array;
  /** How many bytes can surely follow if they are PLAIN ones, whichever; FAR at most. */
  plainAhead(state: number): number;
}

/** As far as `plainAhead` looks; few tokens have more. */
const FAR = 16;
const [FIRST = 0] = PLAIN;

/** The subset construction (Rabin, Scott 1959), row by row; only live states count, so that no walk gets stuck. */
export function createDFA({ start, edges, silent }: NFA, live: Uint8Array): DFA {
  const members: Int32Array[] = [];
  const names: string[] = []; // of each state, its members
  const alone: number[] = []; // what numberOf says of one state alone
  const plain: number[] = []; // what plainAhead says
  const known = new Map<string, number>();
  const seen = new Uint32Array(edges.length);
  let round = 0;
  let table = new Int32Array(64 * 256).fill(UNKNOWN); // [states, 256]

  /** The states reached over nothing; of them those that have edges or accept, ascending. */
  function closure(from: readonly number[]): Int32Array {
    const reached: number[] = [];
    const open = [...from];
    round++;
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (seen[state] === round || !live[state]) continue;
      seen[state] = round;
      open.push(...(silent[state] ?? []));
      if (state === ACCEPT || (edges[state]?.length ?? 0) > 0) reached.push(state);
    }
    return Int32Array.from(reached).sort();
  }

  function numberOf(from: readonly number[]): number {
    const states = closure(from);
    if (states.length === 0) return DEAD;
    const name = states.join();
    const number = known.get(name);
    if (number !== undefined) return number;
    known.set(name, names.push(name) - 1);
    return members.push(states) - 1;
  }

  function numberOfOne(state: number): number {
    const number = alone[state] ?? numberOf([state]);
    alone[state] = number;
    return number;
  }

  function makeRow(state: number): void {
    const row = state * 256;
    if (row + 256 > table.length) {
      const larger = new Int32Array(Math.max(2 * table.length, row + 256)).fill(UNKNOWN);
      larger.set(table);
      table = larger;
    }
    table.fill(DEAD, row, row + 256);
    const out = Array.from(members[state] ?? []).flatMap((member): readonly Edge[] => edges[member] ?? []);
    out.sort((a, b) => a.from - b.from);
    if (out.every(({ from }, i) => from > (out[i - 1]?.to ?? -1)))
      for (const { from, to, target } of out) table.fill(numberOfOne(target), row + from, row + to + 1);
    else fillShared(row, out);
  }

  /** Of edges that share bytes: between two places where one begins or ends, all bytes lead to the same state. */
  function fillShared(row: number, out: readonly Edge[]): void {
    const borders = [...new Set(out.flatMap(({ from, to }) => [from, to + 1]))].sort((a, b) => a - b);
    borders.forEach((byte, i) => {
      const targets = out.filter(({ from, to }) => from <= byte && byte <= to).map(({ target }) => target);
      const [only] = targets;
      if (only === undefined) return;
      const number = targets.length === 1 ? numberOfOne(only) : numberOf(targets);
      table.fill(number, row + byte, row + (borders[i + 1] ?? 256));
    });
  }

  function step(state: number, byte: number): number {
    const next = table[state * 256 + byte] ?? UNKNOWN;
    if (next !== UNKNOWN) return next;
    makeRow(state);
    return table[state * 256 + byte] ?? DEAD;
  }

  /** The state after a plain byte, if it is the same for all of them. */
  function afterPlain(state: number): number {
    const next = step(state, FIRST);
    return PLAIN.every((byte) => table[state * 256 + byte] === next) ? next : DEAD;
  }

  return {
    exists: numberOf([start]) !== DEAD,
    size: () => members.length,
    nameOf: (state) => names[state] ?? "",
    named: (name) => known.get(name) ?? numberOf(name.split(",").map(Number)),
    accepting: (state) => members[state]?.[0] === ACCEPT,
    step,
    table: () => table,
    plainAhead(state) {
      const known = plain[state];
      if (known !== undefined) return known;
      let count = 0;
      for (let next = afterPlain(state); next !== DEAD && count < FAR; next = afterPlain(next)) count++;
      plain[state] = count;
      return count;
    },
  };
}
