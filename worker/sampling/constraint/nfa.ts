import { type Expression, type Member, type Ranges, text } from "./expression";
import { type ByteRange, utf8Sequences } from "./utf8";

/** An edge over bytes from..to. */
export interface Edge {
  from: number;
  to: number;
  target: number;
}

/** States with edges over bytes and edges over nothing; state 0 accepts. */
export interface NFA {
  start: number;
  edges: readonly (readonly Edge[])[];
  silent: readonly (readonly number[])[];
}

export const ACCEPT = 0;
const COMMA = text(",");
const MOST_STATES = 100_000;

/**
 * Thompson's construction (1968), from the end to the start: each part is given the state that follows it. Characters
 * become the bytes of their UTF-8 form, and the same part before the same state is built once: an object's optional properties share
 * what follows them. Throws a `TypeError` where it is larger than 100,000 states.
 */
export function createNFA(expression: Expression): NFA {
  const edges: Edge[][] = [[]];
  const silent: number[][] = [[]];
  const built = new Map<Expression, Map<number, number>>();
  const forms = new Map<Ranges, readonly (readonly ByteRange[])[]>(); // a repeated set's once

  function state(out: Edge[], free: number[]): number {
    if (edges.length >= MOST_STATES) {
      throw new TypeError(
        `constraint: found repetitions, properties or schemas within themselves that unfold to over ${MOST_STATES} states; allowed: fewer or shorter ones`,
      );
    }
    edges.push(out);
    silent.push(free);
    return edges.length - 1;
  }

  /** Characters share the ends of their forms: one state for the same bytes before the same state. */
  function characters(ranges: Ranges, next: number): number {
    const sequences = forms.get(ranges) ?? utf8Sequences(ranges);
    forms.set(ranges, sequences);
    const shared = new Map<string, number>();
    const firsts = sequences.map((sequence): Edge => {
      let target = next;
      for (const [from, to] of sequence.slice(1).reverse()) {
        const key = `${from} ${to} ${target}`;
        const known = shared.get(key) ?? state([{ from, to, target }], []);
        shared.set(key, known);
        target = known;
      }
      const [from, to] = sequence[0] ?? [0, 0];
      return { from, to, target };
    });
    return state(firsts, []);
  }

  /** `least` copies, then up to `most`, each of which can be the last. */
  function copies(least: number, most: number, next: number, copy: (next: number) => number): number {
    let entry = next;
    if (most === Infinity) {
      entry = state([], [next]);
      silent[entry]?.push(copy(entry));
    } else {
      for (let i = least; i < most; i++) entry = state([], [copy(entry), next]);
    }
    for (let i = 0; i < least; i++) entry = copy(entry);
    return entry;
  }

  function list({ item, separator, min, max }: Extract<Expression, { kind: "list" }>, next: number): number {
    if (max === 0) return next;
    if (max === Infinity && min <= 1) {
      const after = state([], [next]); // after an item: the end, or a separator and the same item again
      const first = build(item, after);
      silent[after]?.push(build(separator, first));
      return min > 0 ? first : state([], [first, next]);
    }
    const more = copies(Math.max(0, min - 1), max - 1, next, (after) => build(separator, build(item, after)));
    const first = build(item, more);
    return min > 0 ? first : state([], [first, next]);
  }

  /** From the last to the first: where a text can begin at a part, and where it can go on there behind a comma. */
  function members(all: readonly Member[], next: number): number {
    let [begin, goOn] = [next, next];
    for (const { part, required } of [...all].reverse()) {
      const entry = build(part, goOn);
      const another = build(COMMA, entry);
      begin = required ? entry : state([], [entry, begin]);
      goOn = required ? another : state([], [another, goOn]);
    }
    return begin;
  }

  function build(part: Expression, next: number): number {
    const before = built.get(part) ?? new Map<number, number>();
    const start = before.get(next) ?? construct(part, next);
    built.set(part, before.set(next, start));
    return start;
  }

  function construct(part: Expression, next: number): number {
    switch (part.kind) {
      case "set":
        return characters(part.ranges, next);
      case "sequence":
        return part.parts.reduceRight((after, one) => build(one, after), next);
      case "members":
        return members(part.members, next);
      case "prefix":
        return part.parts.reduceRight((after, one, i) => {
          const entry = build(one, after);
          return i < part.min ? entry : state([], [entry, next]);
        }, next);
      case "choice":
        return state(
          [],
          part.options.map((one) => build(one, next)),
        );
      case "repeat":
        return copies(part.min, part.max, next, (after) => build(part.part, after));
      case "list":
        return list(part, next);
    }
  }

  const start = build(expression, ACCEPT);
  return { start, edges, silent };
}

/** The states from which the end can be reached by the bytes that the vocabulary has as tokens of their own. */
export function liveStates({ edges, silent }: NFA, hasByte: (byte: number) => boolean): Uint8Array {
  const before: number[][] = edges.map(() => []);
  edges.forEach((out, state) => {
    for (const { from, to, target } of out) {
      for (let byte = from; byte <= to; byte++) {
        if (!hasByte(byte)) continue;
        before[target]?.push(state);
        break;
      }
    }
  });
  silent.forEach((out, state) => {
    for (const target of out) before[target]?.push(state);
  });
  const live = new Uint8Array(edges.length);
  const found = [ACCEPT];
  for (let state = found.pop(); state !== undefined; state = found.pop()) {
    if (live[state]) continue;
    live[state] = 1;
    found.push(...(before[state] ?? []));
  }
  return live;
}
