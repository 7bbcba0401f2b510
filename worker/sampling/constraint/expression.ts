/** Code points from..to, both included; ascending, apart. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** A regular language over code points: what regular expressions and schemas are turned into. */
export type Expression =
  | { kind: "set"; ranges: Ranges }
  | { kind: "sequence"; parts: readonly Expression[] }
  /** The required parts and any of the others, in turn, commas between. */
  | { kind: "members"; members: readonly Member[] }
  /** The first `min` parts or more, in turn. */
  | { kind: "prefix"; parts: readonly Expression[]; min: number }
  | { kind: "choice"; options: readonly Expression[] }
  | { kind: "repeat"; part: Expression; min: number; max: number }
  /** min to max items with a separator between. */
  | { kind: "list"; item: Expression; separator: Expression; min: number; max: number };

export interface Member {
  part: Expression;
  required: boolean;
}

const LAST = 0x10ffff;

export const set = (ranges: Ranges): Expression => ({ kind: "set", ranges });
export const sequence = (...parts: readonly Expression[]): Expression => ({ kind: "sequence", parts });
export const choice = (options: readonly Expression[]): Expression => ({ kind: "choice", options });
export const repeat = (part: Expression, min: number, max: number): Expression => ({ kind: "repeat", part, min, max });
export const optional = (part: Expression): Expression => repeat(part, 0, 1);

/** The empty text. */
export const nothing = sequence();

/** No text at all. */
export const never = choice([]);

/** Exactly this text. */
export const text = (word: string): Expression =>
  sequence(
    ...Array.from(word, (character) => {
      const point = character.codePointAt(0) ?? 0;
      return set([[point, point]]);
    }),
  );

/** min to max items, commas between. */
export const commaList = (item: Expression, min: number, max: number): Expression => {
  return { kind: "list", item, separator: text(","), min, max };
};

/** The required parts and any of the others, in turn, commas between. */
export const members = (all: readonly Member[]): Expression => ({ kind: "members", members: all });

/** The first of the parts in turn, `min` of them or more. */
export const prefix = (parts: readonly Expression[], min: number): Expression => ({ kind: "prefix", parts, min });

/** Ranges in order, those that touch joined. */
export function union(ranges: Ranges): Ranges {
  const joined: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** All other code points. */
export function complement(ranges: Ranges): Ranges {
  const others: [number, number][] = [];
  let next = 0;
  for (const [from, to] of union(ranges)) {
    if (from > next) others.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) others.push([next, LAST]);
  return others;
}

/** The code points in both. */
export function intersection(a: Ranges, b: Ranges): Ranges {
  return complement([...complement(a), ...complement(b)]);
}

/** The same language with each set replaced by an expression. */
export function replaceSets(expression: Expression, by: (ranges: Ranges) => Expression): Expression {
  const into = (part: Expression): Expression => replaceSets(part, by);
  switch (expression.kind) {
    case "set":
      return by(expression.ranges);
    case "sequence":
      return sequence(...expression.parts.map(into));
    case "members":
      return members(expression.members.map((one) => ({ ...one, part: into(one.part) })));
    case "prefix":
      return { ...expression, parts: expression.parts.map(into) };
    case "choice":
      return choice(expression.options.map(into));
    case "repeat":
      return { ...expression, part: into(expression.part) };
    case "list":
      return { ...expression, item: into(expression.item), separator: into(expression.separator) };
  }
}
