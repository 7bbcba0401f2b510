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
  /** [byte] → its class: no state tells bytes of one class apart. */
  readonly classOf: Uint8Array;
  /** [class of a byte] → the state after it, or DEAD. */
  row(state: number): number[];
  /** How many PLAIN bytes can follow, LONGEST_WORD at most; undefined where it depends on which they are. */
  plainAhead(state: number): number | undefined;
}

/** The subset construction (Rabin, Scott 1959), row by row; only live states count, so that no walk gets stuck. */
export function createDFA({ start, edges, silent }: NFA, live: Uint8Array): DFA {
  const classOf = classesOf(edges);
  const classes = 1 + (classOf.at(-1) ?? 0);
  const plainClasses = [...new Set(PLAIN.map((byte) => classOf[byte] ?? 0))];
  const members: (readonly number[])[] = [];
  const names: string[] = []; // of each state, its members
  const alone: number[] = []; // what numberOf says of one state alone
  const plain = new Map<number, number | undefined>(); // what plainAhead says
  const known = new Map<string, number>();
  const seen = new Uint32Array(edges.length);
  let round = 0;
  const rows: number[][] = []; // of each state that was asked for

  /** The states reached over nothing; of them those that have edges or accept, ascending. */
  function closure(from: readonly number[]): readonly number[] {
    const reached: number[] = [];
    const open = [...from];
    round++;
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (seen[state] === round || !live[state]) continue;
      seen[state] = round;
      open.push(...(silent[state] ?? []));
      if (state === ACCEPT || (edges[state]?.length ?? 0) > 0) reached.push(state);
    }
    return reached.sort((a, b) => a - b);
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

  function makeRow(state: number): number[] {
    const row = new Array<number>(classes).fill(DEAD);
    rows[state] = row;
    const [own = [], ...others] = (members[state] ?? []).map((member): readonly Edge[] => edges[member] ?? []);
    const out = others.length === 0 ? own : own.concat(...others).sort((a, b) => a.from - b.from); // one state's are in order
    if (out.every(({ from }, i) => from > (out[i - 1]?.to ?? -1)))
      for (const { from, to, target } of out) fill(row, numberOfOne(target), from, to);
    else fillShared(row, out);
    return row;
  }

  function fill(row: number[], state: number, from: number, to: number): void {
    for (let i = classOf[from] ?? 0; i <= (classOf[to] ?? 0); i++) row[i] = state;
  }

  /** Of edges that share bytes: between two places where one begins or ends, all bytes lead to the same state. */
  function fillShared(row: number[], out: readonly Edge[]): void {
    const borders = [...new Set(out.flatMap(({ from, to }) => [from, to + 1]))].sort((a, b) => a - b);
    borders.forEach((byte, i) => {
      const targets = out.filter(({ from, to }) => from <= byte && byte <= to).map(({ target }) => target);
      const [only] = targets;
      if (only === undefined) return;
      const number = targets.length === 1 ? numberOfOne(only) : numberOf(targets);
      fill(row, number, byte, (borders[i + 1] ?? 256) - 1);
    });
  }

  const rowOf = (state: number): number[] => rows[state] ?? makeRow(state);

  /** The state after a plain byte; undefined where it is not the same for all of them. */
  function afterPlain(state: number): number | undefined {
    const row = rowOf(state);
    const [first = 0] = plainClasses;
    return plainClasses.every((one) => row[one] === row[first]) ? row[first] : undefined;
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
    classOf,
    row: rowOf,
    plainAhead(state) {
      const ahead = plain.has(state) ? plain.get(state) : plainAhead(state);
      plain.set(state, ahead);
      return ahead;
    },
  };
}

/** Bytes are in one class from where an edge begins or has ended to the next such place. */
function classesOf(edges: NFA["edges"]): Uint8Array {
  const begins = new Uint8Array(257);
  for (const { from, to } of edges.flat()) begins[from] = begins[to + 1] = 1;
  let last = 0;
  return Uint8Array.from({ length: 256 }, (_, byte) => (byte > 0 && begins[byte] ? ++last : last));
}
