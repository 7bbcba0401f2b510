import { choice, type Expression, repeat, sequence, set, text } from "./expression";

/** Integers have up to 15 digits: JavaScript's numbers hold all of them exactly. */
export const LARGEST = 1e15 - 1;

const digit = (from: number, to: number): Expression => set([[0x30 + from, 0x30 + to]]);
const digits = (count: number): Expression => repeat(digit(0, 9), count, count);

/** The integers from `least` to `most`, neither beyond ±LARGEST, as JSON writes them. */
export function integersBetween(least: number, most: number): Expression {
  const negative = least < 0 ? [sequence(text("-"), naturals(Math.max(1, -most), -least))] : [];
  return choice(most < 0 ? negative : [...negative, naturals(Math.max(0, least), most)]);
}

/** The natural numbers from `least` to `most`, by how many digits they have. */
function naturals(least: number, most: number): Expression {
  const shortest = String(least).length;
  const lengths = Array.from({ length: String(most).length - shortest + 1 }, (_, i) => shortest + i);
  const first = (length: number) => (length === shortest ? least : 10 ** (length - 1));
  return choice(lengths.map((length) => words(String(first(length)), String(Math.min(most, 10 ** length - 1)))));
}

/** The words of as many digits as both have, from `least` to `most`: by their first digit. */
function words(least: string, most: string): Expression {
  if (/^0*$/.test(least) && /^9*$/.test(most)) return digits(least.length);
  const [low, high, rest] = [Number(least[0]), Number(most[0]), least.length - 1];
  if (low === high) return sequence(digit(low, low), words(least.slice(1), most.slice(1)));
  const between = high - low > 1 ? [sequence(digit(low + 1, high - 1), digits(rest))] : [];
  return choice([
    sequence(digit(low, low), words(least.slice(1), "9".repeat(rest))),
    ...between,
    sequence(digit(high, high), words("0".repeat(rest), most.slice(1))),
  ]);
}
