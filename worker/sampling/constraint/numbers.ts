import { choice, type Expression, nothing, repeat, sequence, set, text } from "./expression";

/** Digits before and after the point together, a lone 0 before it too: as many as JavaScript's numbers tell apart. */
const MAX_DIGITS = 15;
const LARGEST = 10 ** MAX_DIGITS - 1;

/** Where a range begins or ends; `open`: it is itself left out. */
export interface Limit {
  value: number;
  open: boolean;
}

const ZERO: Limit = { value: 0, open: false };
const negated = ({ value, open }: Limit): Limit => ({ value: -value, open });

const digit = (from: number, to: number): Expression => set([[0x30 + from, 0x30 + to]]);
const anyDigit = digit(0, 9); // one for all, so that the automaton builds what is alike once
export const digits = (min: number, max: number): Expression => repeat(anyDigit, min, max);
const either = (options: readonly (Expression | undefined)[]): Expression | undefined => {
  const some = options.filter((option) => option !== undefined);
  return some.length > 0 ? choice(some) : undefined;
};
const followed = (start: Expression, rest: Expression | undefined): Expression | undefined =>
  rest && sequence(start, rest);

/**
 * The numbers from `least` to `most` of up to 15 digits, up to `places` of them after the point, as JSON writes them without an
 * exponent; undefined where there is none.
 */
export function numbersBetween(least: Limit, most: Limit, places: number): Expression | undefined {
  const above = most.value < 0 ? negated(most) : { value: 0, open: true }; // without -0
  const negative = least.value < 0 ? decimals(above, negated(least), places) : undefined;
  return either([followed(text("-"), negative), decimals(least.value < 0 ? ZERO : least, most, places)]);
}

/** The same without a sign: the whole numbers between the limits' own with any fraction, and these two with those that fit. */
function decimals(least: Limit, most: Limit, places: number): Expression | undefined {
  const last = most.value > LARGEST ? { value: LARGEST, open: false } : most;
  if (least.value > last.value) return undefined;
  const [[low, from], [high, to]] = [split(least), split(last)];
  const room = (whole: number): number => Math.min(places, MAX_DIGITS - String(whole).length);
  const wholeWith = (whole: number, least: Fraction, most?: Fraction) =>
    followed(text(String(whole)), fraction(room(whole), least, most));
  if (low === high) return wholeWith(low, from, to);
  return either([wholeWith(low, from), naturals(low + 1, high - 1, room), wholeWith(high, NO_FRACTION, to)]);
}

/** The natural numbers from `least` to `most`, by how many digits they have, each with any fraction that there is room for. */
function naturals(least: number, most: number, room: (whole: number) => number): Expression | undefined {
  if (least > most) return undefined;
  const shortest = String(least).length;
  const lengths = Array.from({ length: String(most).length - shortest + 1 }, (_, i) => shortest + i);
  return either(
    lengths.map((length) => {
      const [first, last] = [Math.max(least, 10 ** (length - 1)), Math.min(most, 10 ** length - 1)];
      return followed(words(String(first), String(last)), fraction(room(last), NO_FRACTION));
    }),
  );
}

/** The words of as many digits as both have, from `least` to `most`: by their first digit. */
function words(least: string, most: string): Expression {
  if (/^0*$/.test(least) && /^9*$/.test(most)) return digits(least.length, least.length);
  const [low, high, rest] = [Number(least[0]), Number(most[0]), least.length - 1];
  if (low === high) return sequence(digit(low, low), words(least.slice(1), most.slice(1)));
  const between = high - low > 1 ? [sequence(digit(low + 1, high - 1), digits(rest, rest))] : [];
  return choice([
    sequence(digit(low, low), words(least.slice(1), "9".repeat(rest))),
    ...between,
    sequence(digit(high, high), words("0".repeat(rest), most.slice(1))),
  ]);
}

/** A limit's digits after the point, without zeros at their end. */
interface Fraction {
  digits: string;
  open: boolean;
}

const NO_FRACTION: Fraction = { digits: "", open: false };

/** A limit from 0 up: before its point, and after it. `toExponential` gives the fewest digits that say which number it is. */
function split({ value, open }: Limit): [whole: number, fraction: Fraction] {
  const [mantissa = "", exponent] = value.toExponential().split("e");
  const all = mantissa.replace(".", "");
  const point = 1 + Number(exponent);
  return [Math.floor(value), { digits: point < 0 ? "0".repeat(-point) + all : all.slice(point), open }];
}

/** The point and up to `room` digits, or neither, from one fraction up and, where it is given, to another. */
function fraction(room: number, from: Fraction, to?: Fraction): Expression | undefined {
  return either([noMore(from, to), followed(text("."), further(room, from, to))]);
}

/** One digit or more, up to `room`, from one fraction up to another: by the first digit. */
function further(room: number, from: Fraction, to?: Fraction): Expression | undefined {
  if (room <= 0) return undefined;
  if (from.digits === "" && !from.open && !to) return digits(1, room);
  const [low, high] = [Number(from.digits[0] ?? 0), to ? Number(to.digits[0] ?? 0) : 9];
  const startingWith = (first: number, least: Fraction, most?: Fraction) =>
    followed(digit(first, first), either([noMore(least, most), further(room - 1, least, most)]));
  if (low === high) return startingWith(low, tail(from), to && tail(to));
  const top = to ? high - 1 : high;
  return either([
    startingWith(low, tail(from)),
    top > low ? sequence(digit(low + 1, top), digits(0, room - 1)) : undefined,
    to && startingWith(high, NO_FRACTION, tail(to)),
  ]);
}

const tail = ({ digits, open }: Fraction): Fraction => ({ digits: digits.slice(1), open });

/** No more digits, which is zero, where that is within. */
const noMore = (from: Fraction, to?: Fraction): Expression | undefined =>
  from.digits === "" && !from.open && !(to?.digits === "" && to.open) ? nothing : undefined;
