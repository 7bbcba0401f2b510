import { ACCEPT, type Edge, type NFA } from "./nfa";
import { LONGEST_WORD, PLAIN } from "./token-trie";

export const DEAD = -1;

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
  /** [byte] → the state after it, or DEAD. */
  row(state: number): Int32Array;
  /** How many PLAIN bytes can follow, LONGEST_WORD at most; undefined where it depends on which they are. */
  plainAhead(state: number): number | undefined;
}

const [FIRST = 0] = PLAIN;

/** The subset construction (Rabin, Scott 1959), row by row; only live states count, so that no walk gets stuck. */
export function createDFA({ start, edges, silent }: NFA, live: Uint8Array): DFA {
  const members: Int32Array[] = [];
  const names: string[] = []; // of each state, its members
  const alone: number[] = []; // what numberOf says of one state alone
  const plain = new Map<number, number | undefined>(); // what plainAhead says
  const known = new Map<string, number>();
  const seen = new Uint32Array(edges.length);
  let round = 0;
  const rows: Int32Array[] = []; // of each state that was asked for

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

  function makeRow(state: number): Int32Array {
    const row = new Int32Array(256).fill(DEAD);
    rows[state] = row;
    const [own = [], ...others] = Array.from(members[state] ?? [], (member): readonly Edge[] => edges[member] ?? []);
    const out = others.length === 0 ? own : own.concat(...others).sort((a, b) => a.from - b.from); // one state's are in order
    if (out.every(({ from }, i) => from > (out[i - 1]?.to ?? -1)))
      for (const { from, to, target } of out) row.fill(numberOfOne(target), from, to + 1);
    else fillShared(row, out);
    return row;
  }

  /** Of edges that share bytes: between two places where one begins or ends, all bytes lead to the same state. */
  function fillShared(row: Int32Array, out: readonly Edge[]): void {
    const borders = [...new Set(out.flatMap(({ from, to }) => [from, to + 1]))].sort((a, b) => a - b);
    borders.forEach((byte, i) => {
      const targets = out.filter(({ from, to }) => from <= byte && byte <= to).map(({ target }) => target);
      const [only] = targets;
      if (only === undefined) return;
      const number = targets.length === 1 ? numberOfOne(only) : numberOf(targets);
      row.fill(number, byte, borders[i + 1] ?? 256);
    });
  }

  const rowOf = (state: number): Int32Array => rows[state] ?? makeRow(state);

  /** The state after a plain byte; undefined where it is not the same for all of them. */
  function afterPlain(state: number): number | undefined {
    const row = rowOf(state);
    const next = row[FIRST];
    return PLAIN.every((byte) => row[byte] === next) ? next : undefined;
  }

  function plainAhead(state: number): number | undefined {
    let next: number | undefined = state;
    for (let count = 0; count < LONGEST_WORD; count++) {
      next = afterPlain(next);
      if (next === undefined) return undefined;
      if (next === DEAD) return count;
    }
    return LONGEST_WORD;
  }

  return {
    exists: numberOf([start]) !== DEAD,
    size: () => members.length,
    nameOf: (state) => names[state] ?? "",
    named: (name) => known.get(name) ?? numberOf(name.split(",").map(Number)),
    accepting: (state) => members[state]?.[0] === ACCEPT,
    row: rowOf,
    plainAhead(state) {
      const ahead = plain.has(state) ? plain.get(state) : plainAhead(state);
      plain.set(state, ahead);
      return ahead;
    },
  };
}
