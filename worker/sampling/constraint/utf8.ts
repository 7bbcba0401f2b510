import type { Ranges } from "./expression";

/** Bytes from..to at one place of a character's UTF-8 form. */
export type ByteRange = readonly [from: number, to: number];

/** How many bytes the code points from..to take. Surrogates have no form. */
const FORMS: readonly (readonly [from: number, to: number, bytes: number])[] = [
  [0, 0x7f, 1],
  [0x80, 0x7ff, 2],
  [0x800, 0xd7ff, 3],
  [0xe000, 0xffff, 3],
  [0x10000, 0x10ffff, 4],
];

const LEAD = [0, 0, 0xc0, 0xe0, 0xf0];

/**
 * The UTF-8 forms of code points as sequences of byte ranges: each sequence stands for every combination of its bytes.
 * As in Russ Cox's "Regular Expression Matching in the Wild" (2010) and Rust's utf8-ranges.
 */
export function utf8Sequences(ranges: Ranges): ByteRange[][] {
  return ranges.flatMap(([from, to]) =>
    FORMS.flatMap(([least, most, bytes]) => {
      const [low, high] = [Math.max(from, least), Math.min(to, most)];
      return low <= high ? sequencesOf(low, high, bytes) : [];
    }),
  );
}

/** Sequences for code points of one length: split until all but the first differing byte run over their whole range. */
function sequencesOf(from: number, to: number, bytes: number): ByteRange[][] {
  for (let tail = 1; tail < bytes; tail++) {
    const below = (1 << (6 * tail)) - 1;
    if ((from & ~below) === (to & ~below)) continue;
    if ((from & below) !== 0) {
      return [...sequencesOf(from, from | below, bytes), ...sequencesOf((from | below) + 1, to, bytes)];
    }
    if ((to & below) !== below) {
      return [...sequencesOf(from, (to & ~below) - 1, bytes), ...sequencesOf(to & ~below, to, bytes)];
    }
  }
  const [low, high] = [encode(from, bytes), encode(to, bytes)];
  return [low.map((byte, i): ByteRange => [byte, high[i] ?? byte])];
}

function encode(point: number, bytes: number): number[] {
  if (bytes === 1) return [point];
  return Array.from({ length: bytes }, (_, i) => {
    const part = point >> (6 * (bytes - 1 - i));
    return i === 0 ? (LEAD[bytes] ?? 0) | part : 0x80 | (part & 0x3f);
  });
}
