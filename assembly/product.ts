import { fetch } from "./fetch";
import { F16_MASK, at, held, lifted, load_part, lower, madd, store8, store_part, upper } from "./lanes";
import { K_BLOCK, room } from "./room";

/**
 * The inner product of everything, not exported from the module: rows of x times panels of 8 columns, added to out.
 *
 *   out[t,n] += Σ_k x[t,k] w[n >> 3][k][n & 7]        panels begin..end of w, rows 0..T, k in order
 *
 * out [T, N] and x [T, K] f32, rows of outRow and xRow bytes · w: panels [K][8] of elements E, panelBytes apart. E is f32, or u16 for f16, whose
 * products are 2^112 too small (lanes.ts): lift, a power of two, is put on them, and the rest of it is missing in out, before and after.
 * Each output has one sum and takes its k in order, on every path: one row or many, whatever the range, the bits are the same.
 */
export function product<E>(
  out: usize, outRow: usize, x: usize, xRow: usize, w: usize, panelBytes: usize,
  T: i32, N: i32, K: i32, lift: f32, begin: i32, end: i32
): void {
  const whole = min(end, N >> 3);
  if (T <= few<E>()) few_rows<E>(out, outRow, x, xRow, w, panelBytes, T, K, lift, begin, whole);
  else many_rows<E>(out, outRow, x, xRow, w, panelBytes, T, K, lift, begin, whole);
  if (max(begin, whole) < end) {
    for (let t = 0; t < T; t++) one_panel<E>(at(out, t, outRow) + (<usize>whole << 5), at(x, t, xRow), at(w, whole, panelBytes), K, lift, N & 7);
  }
}

/** One row and one panel of `outputs` columns: the ragged ends. */
function one_panel<E>(out: usize, x: usize, w: usize, K: i32, lift: f32, outputs: i32): void {
  const first = <usize>min(outputs, 4) << 2, second = <usize>max(outputs - 4, 0) << 2;
  const mask = held(F16_MASK, K), up = f32x4.splat(lift);
  let low = first == 16 ? v128.load(out) : load_part(out, first);
  let high = second == 16 ? v128.load(out, 16) : load_part(out + 16, second);
  for (let i = 0; i < K; i++) {
    const v = lifted<E>(v128.load32_splat(x), up);
    low = madd(v, lower<E>(w, mask), low);
    high = madd(v, upper<E>(w, mask), high);
    x += 4;
    w += 8 * sizeof<E>();
  }
  if (first == 16) v128.store(out, low);
  else store_part(out, low, first);
  if (second == 16) v128.store(out, high, 16);
  else store_part(out + 16, high, second);
}

/** Up to this many rows the products cost less than what reading w in one stream wastes; making f32 of f16 again for each row costs more. */
// @ts-ignore: decorator
@inline function few<E>(): i32 {
  return isFloat<E>() ? 8 : 2;
}

/**
 * Few rows: memory gives more to four streams that lie far apart than to one (+25 to 35 %), so four panels are read at a time; the rows
 * after the first find them in the cache.
 */
function few_rows<E>(
  out: usize, outRow: usize, x: usize, xRow: usize, w: usize, panelBytes: usize,
  T: i32, K: i32, lift: f32, begin: i32, end: i32
): void {
  const mask = held(F16_MASK, K), up = f32x4.splat(lift);
  const each = max(end - begin, 0) >> 2, apart = <usize>each * panelBytes, outApart = <usize>each << 5;
  for (let p = begin; p < begin + each; p++) {
    for (let t = 0; t < T; t++) {
      const y0 = at(out, t, outRow) + (<usize>p << 5), y1 = y0 + outApart, y2 = y1 + outApart, y3 = y2 + outApart;
      let w0 = at(w, p, panelBytes), w1 = w0 + apart, w2 = w1 + apart, w3 = w2 + apart;
      let low0 = v128.load(y0), low1 = v128.load(y1), low2 = v128.load(y2), low3 = v128.load(y3);
      let high0 = v128.load(y0, 16), high1 = v128.load(y1, 16), high2 = v128.load(y2, 16), high3 = v128.load(y3, 16);
      for (let k = at(x, t, xRow), last = k + (<usize>K << 2); k < last; k += 4) {
        const v = lifted<E>(v128.load32_splat(k), up);
        low0 = madd(v, lower<E>(w0, mask), low0);
        high0 = madd(v, upper<E>(w0, mask), high0);
        low1 = madd(v, lower<E>(w1, mask), low1);
        high1 = madd(v, upper<E>(w1, mask), high1);
        low2 = madd(v, lower<E>(w2, mask), low2);
        high2 = madd(v, upper<E>(w2, mask), high2);
        low3 = madd(v, lower<E>(w3, mask), low3);
        high3 = madd(v, upper<E>(w3, mask), high3);
        w0 += 8 * sizeof<E>();
        w1 += 8 * sizeof<E>();
        w2 += 8 * sizeof<E>();
        w3 += 8 * sizeof<E>();
      }
      store8(y0, low0, high0);
      store8(y1, low1, high1);
      store8(y2, low2, high2);
      store8(y3, low3, high3);
    }
  }
  for (let p = begin + each * 4; p < end; p++) {
    for (let t = 0; t < T; t++) one_panel<E>(at(out, t, outRow) + (<usize>p << 5), at(x, t, xRow), at(w, p, panelBytes), K, lift, 8);
  }
}

/**
 * Many rows: bound by arithmetic, so a block of rows (all of a pass) stays in the second cache and a panel's block of k (K_BLOCK) in the first.
 * Four panels of f32 are fetched at a time (+3 % at 120 rows, +25 % at 12); the tiles of f16 take longer than their reading, and do better
 * without (+28 % at 4 rows).
 */
const ROW_BLOCK: i32 = 128;

/** Rows of a tile. With fused multiply-add 12 sums, 2 weights and 1 input fill the 15 registers; a separate product needs one too. */
const TILE: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

function many_rows<E>(
  out: usize, outRow: usize, x: usize, xRow: usize, w: usize, panelBytes: usize,
  T: i32, K: i32, lift: f32, begin: i32, end: i32
): void {
  for (let rows = 0; rows < T; rows += ROW_BLOCK) {
    const rowsEnd = min(rows + ROW_BLOCK, T);
    for (let k = 0; k < K; k += K_BLOCK) {
      const depth = min(K_BLOCK, K - k), xk = x + (<usize>k << 2), wk = w + <usize>k * 8 * sizeof<E>();
      for (let p = begin; p < end; p++) {
        if (isFloat<E>() && ((p - begin) & 3) == 0) fetch(at(wk, p, panelBytes), panelBytes, <usize>depth << 5, min(4, end - p) - 1);
        const packed = at(wk, p, panelBytes), column = out + (<usize>p << 5);
        if (!isFloat<E>() && T <= 4) {
          four_rows<E>(column, outRow, xk, xRow, packed, depth, lift, T - 1); // f32 is made but once as it is
          continue;
        }
        const panel = isFloat<E>() ? packed : unpacked(packed, depth, lift);
        for (let t = rows, height = 4; t < rowsEnd; t += height) {
          const left = rowsEnd - t, y = at(column, t, outRow), v = at(xk, t, xRow);
          height = TILE == 6 && left > 4 && left != 7 && left != 8 ? 6 : 4; // the last 7 or 8 are two fours
          if (height == 6) six_rows(y, outRow, v, xRow, panel, depth, min(6, left) - 1);
          else four_rows<f32>(y, outRow, v, xRow, panel, depth, 1, min(4, left) - 1);
        }
      }
    }
  }
}

/** A panel's block of k in this thread's room: f32 is made of f16 once for all rows. */
function unpacked(w: usize, depth: i32, lift: f32): usize {
  const mask = held(F16_MASK, depth), up = f32x4.splat(lift);
  for (let to = room, end = room + (<usize>depth << 5); to < end; to += 32, w += 16) {
    store8(to, lifted<u16>(lower<u16>(w, mask), up), lifted<u16>(upper<u16>(w, mask), up));
  }
  return room;
}

/** A register tile of 6 rows × 8 outputs, f32. Rows past `last` repeat it: they store the same bits again. */
function six_rows(out: usize, outRow: usize, x: usize, xRow: usize, w: usize, K: i32, last: i32): void {
  const r1 = min(1, last), r2 = min(2, last), r3 = min(3, last), r4 = min(4, last), r5 = min(5, last);
  const y1 = at(out, r1, outRow), y2 = at(out, r2, outRow), y3 = at(out, r3, outRow), y4 = at(out, r4, outRow), y5 = at(out, r5, outRow);
  const x1 = at(x, r1, xRow), x2 = at(x, r2, xRow), x3 = at(x, r3, xRow), x4 = at(x, r4, xRow), x5 = at(x, r5, xRow);
  let low0 = v128.load(out), low1 = v128.load(y1), low2 = v128.load(y2);
  let low3 = v128.load(y3), low4 = v128.load(y4), low5 = v128.load(y5);
  let high0 = v128.load(out, 16), high1 = v128.load(y1, 16), high2 = v128.load(y2, 16);
  let high3 = v128.load(y3, 16), high4 = v128.load(y4, 16), high5 = v128.load(y5, 16);
  for (let k: usize = 0, bytes = <usize>K << 2; k < bytes; k += 4) {
    const low = v128.load(w), high = v128.load(w, 16);
    let v = v128.load32_splat(x + k);
    low0 = madd(v, low, low0);
    high0 = madd(v, high, high0);
    v = v128.load32_splat(x1 + k);
    low1 = madd(v, low, low1);
    high1 = madd(v, high, high1);
    v = v128.load32_splat(x2 + k);
    low2 = madd(v, low, low2);
    high2 = madd(v, high, high2);
    v = v128.load32_splat(x3 + k);
    low3 = madd(v, low, low3);
    high3 = madd(v, high, high3);
    v = v128.load32_splat(x4 + k);
    low4 = madd(v, low, low4);
    high4 = madd(v, high, high4);
    v = v128.load32_splat(x5 + k);
    low5 = madd(v, low, low5);
    high5 = madd(v, high, high5);
    w += 32;
  }
  store8(out, low0, high0);
  store8(y1, low1, high1);
  store8(y2, low2, high2);
  store8(y3, low3, high3);
  store8(y4, low4, high4);
  store8(y5, low5, high5);
}

/** A register tile of 4 rows × 8 outputs. */
function four_rows<E>(out: usize, outRow: usize, x: usize, xRow: usize, w: usize, K: i32, lift: f32, last: i32): void {
  const mask = held(F16_MASK, K), up = f32x4.splat(lift);
  const r1 = min(1, last), r2 = min(2, last), r3 = min(3, last);
  const y1 = at(out, r1, outRow), y2 = at(out, r2, outRow), y3 = at(out, r3, outRow);
  const x1 = at(x, r1, xRow), x2 = at(x, r2, xRow), x3 = at(x, r3, xRow);
  let low0 = v128.load(out), low1 = v128.load(y1), low2 = v128.load(y2), low3 = v128.load(y3);
  let high0 = v128.load(out, 16), high1 = v128.load(y1, 16), high2 = v128.load(y2, 16), high3 = v128.load(y3, 16);
  for (let k: usize = 0, bytes = <usize>K << 2; k < bytes; k += 4) {
    const low = lifted<E>(lower<E>(w, mask), up), high = lifted<E>(upper<E>(w, mask), up);
    let v = v128.load32_splat(x + k);
    low0 = madd(v, low, low0);
    high0 = madd(v, high, high0);
    v = v128.load32_splat(x1 + k);
    low1 = madd(v, low, low1);
    high1 = madd(v, high, high1);
    v = v128.load32_splat(x2 + k);
    low2 = madd(v, low, low2);
    high2 = madd(v, high, high2);
    v = v128.load32_splat(x3 + k);
    low3 = madd(v, low, low3);
    high3 = madd(v, high, high3);
    w += 8 * sizeof<E>();
  }
  store8(out, low0, high0);
  store8(y1, low1, high1);
  store8(y2, low2, high2);
  store8(y3, low3, high3);
}
