import { type Ranges, union } from "./expression";

const CHUNK = 0x800; // the surrogates are one
/** What the engine said before. */
const known = new Map<string, Ranges>();

/** All code points but the surrogates, in order, some thousand at a time. */
function* chunks(): Generator<string> {
  const utf16 = new TextDecoder("utf-16le", { ignoreBOM: true });
  const units = new Uint16Array(2 * CHUNK);
  for (let start = 0; start <= 0x10ffff; start += CHUNK) {
    if (start === 0xd800) continue;
    let length = 0;
    for (let point = start; point < start + CHUNK; point++) {
      if (point > 0xffff) units[length++] = 0xd7c0 + (point >> 10);
      units[length++] = point > 0xffff ? 0xdc00 | (point & 0x3ff) : point;
    }
    yield utf16.decode(units.subarray(0, length));
  }
}

function lastPoint(run: string): number {
  const isPair = (run.codePointAt(run.length - 2) ?? 0) > 0xffff;
  return run.codePointAt(run.length - (isPair ? 2 : 1)) ?? 0;
}

/**
 * What one character of a regular expression, a class or an escape such as `\p{L}`, matches: the engine is asked itself,
 * by matching all code points. So a class means here what it means to the page. About 20 ms, once for each.
 */
export function matchingCodePoints(source: string, flags: string): Ranges {
  const key = `${flags} ${source}`;
  const before = known.get(key);
  if (before) return before;
  const runs = new RegExp(`(?:${source})+`, `g${flags}`);
  const found: [number, number][] = [];
  for (const chunk of chunks()) {
    for (const [run] of chunk.matchAll(runs)) found.push([run.codePointAt(0) ?? 0, lastPoint(run)]);
  }
  const ranges = union(found);
  known.set(key, ranges);
  return ranges;
}
