import {
  choice,
  commaList,
  complement,
  type Expression,
  intersection,
  members,
  optional,
  type Ranges,
  repeat,
  replaceSets,
  sequence,
  set,
  text,
  union,
} from "./expression";
import { digits } from "./numbers";

/** The code points that a JSON text can hold as they are, or with a letter or a number after a backslash. */
const ESCAPED: Ranges = [[0, 0x1f], [0x22, 0x22], [0x5c, 0x5c]]; // biome-ignore format: one line
const PLAIN = complement([...ESCAPED, [0xd800, 0xdfff]]);

/**
 * Characters inside a JSON string, each in the one form that `JSON.stringify` gives it: as it is, a letter after a
 * backslash, or `\\u00` and two digits.
 */
function inString(ranges: Ranges): Expression {
  const plain = set(intersection(ranges, PLAIN));
  const points = intersection(ranges, ESCAPED).flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i),
  );
  if (points.length === 0) return plain;
  const forms = points.map((point) => JSON.stringify(String.fromCodePoint(point)).slice(2, -1));
  const oneOf = (letters: readonly string[]): Expression => set(union(letters.map((letter) => rangeOf(letter))));
  const coded = ["u000", "u001"].map((start) =>
    sequence(text(start), oneOf(forms.filter((form) => form.startsWith(start)).map((form) => form.slice(4)))),
  );
  return choice([plain, sequence(text("\\"), choice([oneOf(forms.filter((form) => form.length === 1)), ...coded]))]);
}

function rangeOf(letter: string): readonly [number, number] {
  const point = letter.charCodeAt(0);
  return [point, point];
}

const quoted = (content: Expression): Expression => sequence(text('"'), content, text('"'));

/** JSON strings of min to max characters, or whose characters are a text of `content`. */
export function string(min: number, max: number): Expression;
export function string(content: Expression): Expression;
export function string(content: number | Expression, max = Infinity): Expression {
  const characters = typeof content === "number" ? repeat(set(complement([])), content, max) : content;
  return quoted(replaceSets(characters, inString));
}

const natural = sequence(set([[0x31, 0x39]]), digits(0, 14));
const minus = optional(text("-"));

/** Integers of up to 15 digits, which JavaScript's numbers hold exactly. */
export const integer: Expression = choice([text("0"), sequence(minus, natural)]);

/** Numbers of up to 15 digits before and after the point, and an exponent of up to two. */
export const number: Expression = sequence(
  minus,
  choice([text("0"), natural]),
  optional(sequence(text("."), digits(1, 15))),
  optional(sequence(choice([text("e"), text("E")]), optional(choice([text("+"), text("-")])), digits(1, 2))),
);

/** This value, as `JSON.stringify` writes it. */
export const literal = (value: unknown): Expression => text(JSON.stringify(value));

const member = (name: Expression, value: Expression): Expression => sequence(name, text(":"), value);

export interface Property {
  name: string;
  value: Expression;
  required: boolean;
}

/** Objects of any number of members with such names and values. */
export const record = (name: Expression, value: Expression): Expression =>
  sequence(text("{"), commaList(member(name, value), 0, Infinity), text("}"));

/** Objects with these properties, in this order. */
export function object(properties: readonly Property[]): Expression {
  const all = properties.map(({ name, value, required }) => ({ part: member(literal(name), value), required }));
  return sequence(text("{"), members(all), text("}"));
}

/** Any JSON value, objects and arrays nested at most `depth` deep. */
export function anyJSON(depth = 3): Expression {
  const scalars = [string(0, Infinity), number, text("true"), text("false"), text("null")];
  if (depth === 0) return choice(scalars);
  const inner = anyJSON(depth - 1);
  const array = sequence(text("["), commaList(inner, 0, Infinity), text("]"));
  return choice([...scalars, array, record(string(0, Infinity), inner)]);
}
