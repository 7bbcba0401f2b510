import { at } from "./lanes";
import {
  dot, high_end, high_first, high_second, high_start, load_left, low_end, low_first, low_second, low_start, scaled, scales, second_word,
  store_left, w_block, w_step, x_block, x_step
} from "./quant_lanes";

/**
 * The inner product of the integer formats, not exported from the module: W, X and S say which (quant_lanes.ts).
 *
 *   out[t,n] = Σ_b (correction[t,b] + Σ_{k in b} xq[t,k] w[n,k]) (xScale[t,b] scale[n,b]) + bias[n]
 *
 * over blocks b of 32 inputs. The inner sums are exact and the outer one takes b in order: any range and any T give the same bits.
 */
export function integer_product<W, X, S>(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  const blocks = (K + 31) >> 5, tiled = (T & 3) <= FEW ? T & ~3 : T;
  for (let rows = 0; rows < tiled; rows += ROW_BLOCK) {
    const rowsEnd = min(rows + ROW_BLOCK, tiled);
    for (let p = begin; p < end; p++) {
      for (let t = rows; t < rowsEnd; t += 4) four_rows<W, X, S>(out, xq, xs, w, bias, t, rowsEnd - 1, N, blocks, p);
    }
  }
  if (tiled < T) few_rows<W, X, S>(out, xq, xs, w, bias, tiled, T, N, blocks, begin, end);
}

/** Up to so many rows cost less one by one than as a tile. */
const FEW: i32 = 2;

/** Rows whose activations stay in the second cache while all panels pass. */
const ROW_BLOCK: i32 = 48;

/**
 * Few rows are bound by reading w, and memory gives more to four streams that lie far apart than to one: four panels at a time, which the
 * second row finds in the cache. Past its end a stream repeats the last panel.
 */
function few_rows<W, X, S>(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  from: i32, T: i32, N: i32, blocks: i32, begin: i32, end: i32
): void {
  const panelBytes = <usize>blocks * (w_block<W>() + 16), each = (end - begin + 3) >> 2, nibble = i8x16.splat(15);
  for (let i = 0; i < each; i++) {
    const p0 = begin + i, p1 = min(p0 + each, end - 1), p2 = min(p0 + 2 * each, end - 1), p3 = min(p0 + 3 * each, end - 1);
    for (let t = from; t < T; t++) {
      let w0 = at(w, p0, panelBytes), w1 = at(w, p1, panelBytes), w2 = at(w, p2, panelBytes), w3 = at(w, p3, panelBytes);
      let low0 = f32x4.splat(0), low1 = low0, low2 = low0, low3 = low0, high0 = low0, high1 = low0, high2 = low0, high3 = low0;
      for (let b = t * blocks; b < (t + 1) * blocks; b++) {
        const s = at(xs, b, 8);
        let x = at(xq, b, x_block<X>()), a0 = low_start<X, S>(s), a1 = a0, a2 = a0, a3 = a0, b0 = high_start<X, S>(a0, s), b1 = b0, b2 = b0, b3 = b0;
        for (const blockEnd = w0 + w_block<W>(); w0 < blockEnd; x += x_step<W>()) {
          let v = v128.load32_splat(x);
          a0 = dot<X, S>(v, low_first<W, X>(w0, nibble), a0);
          b0 = dot<X, S>(v, high_first<W, X>(w0, nibble), b0);
          a1 = dot<X, S>(v, low_first<W, X>(w1, nibble), a1);
          b1 = dot<X, S>(v, high_first<W, X>(w1, nibble), b1);
          a2 = dot<X, S>(v, low_first<W, X>(w2, nibble), a2);
          b2 = dot<X, S>(v, high_first<W, X>(w2, nibble), b2);
          a3 = dot<X, S>(v, low_first<W, X>(w3, nibble), a3);
          b3 = dot<X, S>(v, high_first<W, X>(w3, nibble), b3);
          v = v128.load32_splat(x + second_word<W, X>());
          a0 = dot<X, S>(v, low_second<W, X>(w0, nibble), a0);
          b0 = dot<X, S>(v, high_second<W, X>(w0, nibble), b0);
          a1 = dot<X, S>(v, low_second<W, X>(w1, nibble), a1);
          b1 = dot<X, S>(v, high_second<W, X>(w1, nibble), b1);
          a2 = dot<X, S>(v, low_second<W, X>(w2, nibble), a2);
          b2 = dot<X, S>(v, high_second<W, X>(w2, nibble), b2);
          a3 = dot<X, S>(v, low_second<W, X>(w3, nibble), a3);
          b3 = dot<X, S>(v, high_second<W, X>(w3, nibble), b3);
          w0 += w_step<W, X>();
          w1 += w_step<W, X>();
          w2 += w_step<W, X>();
          w3 += w_step<W, X>();
        }
        low0 = scaled(low_end<X, S>(a0, s), s, scales<W>(w0), low0);
        high0 = scaled(high_end<X, S>(a0, b0, s), s, scales<W>(w0 + 8), high0);
        low1 = scaled(low_end<X, S>(a1, s), s, scales<W>(w1), low1);
        high1 = scaled(high_end<X, S>(a1, b1, s), s, scales<W>(w1 + 8), high1);
        low2 = scaled(low_end<X, S>(a2, s), s, scales<W>(w2), low2);
        high2 = scaled(high_end<X, S>(a2, b2, s), s, scales<W>(w2 + 8), high2);
        low3 = scaled(low_end<X, S>(a3, s), s, scales<W>(w3), low3);
        high3 = scaled(high_end<X, S>(a3, b3, s), s, scales<W>(w3 + 8), high3);
        w0 += 16;
        w1 += 16;
        w2 += 16;
        w3 += 16;
      }
      const row = at(out, t, <usize>N << 2);
      store_panel(row, bias, p0 << 3, N, low0, high0);
      store_panel(row, bias, p1 << 3, N, low1, high1);
      store_panel(row, bias, p2 << 3, N, low2, high2);
      store_panel(row, bias, p3 << 3, N, low3, high3);
    }
  }
}

/** Many rows are bound by arithmetic: a register tile of 4 rows × 8 outputs. Rows past `last` repeat it: they store the same bits again. */
function four_rows<W, X, S>(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  t: i32, last: i32, N: i32, blocks: i32, panel: i32
): void {
  const t1 = min(t + 1, last), t2 = min(t + 2, last), t3 = min(t + 3, last), n = panel << 3;
  const xRow = <usize>blocks * x_block<X>(), sRow = <usize>blocks << 3, outRow = <usize>N << 2, nibble = i8x16.splat(15);
  let x0 = at(xq, t, xRow), x1 = at(xq, t1, xRow), x2 = at(xq, t2, xRow), x3 = at(xq, t3, xRow);
  let s0 = at(xs, t, sRow), s1 = at(xs, t1, sRow), s2 = at(xs, t2, sRow), s3 = at(xs, t3, sRow);
  let low0 = f32x4.splat(0), low1 = low0, low2 = low0, low3 = low0, high0 = low0, high1 = low0, high2 = low0, high3 = low0;
  w = at(w, panel, <usize>blocks * (w_block<W>() + 16));
  for (const rowEnd = s0 + sRow; s0 < rowEnd; ) {
    let a0 = low_start<X, S>(s0), a1 = low_start<X, S>(s1), a2 = low_start<X, S>(s2), a3 = low_start<X, S>(s3);
    let b0 = high_start<X, S>(a0, s0), b1 = high_start<X, S>(a1, s1), b2 = high_start<X, S>(a2, s2), b3 = high_start<X, S>(a3, s3);
    for (const blockEnd = w + w_block<W>(); w < blockEnd; w += w_step<W, X>()) {
      let l = low_first<W, X>(w, nibble), h = high_first<W, X>(w, nibble);
      let v = v128.load32_splat(x0);
      a0 = dot<X, S>(v, l, a0);
      b0 = dot<X, S>(v, h, b0);
      v = v128.load32_splat(x1);
      a1 = dot<X, S>(v, l, a1);
      b1 = dot<X, S>(v, h, b1);
      v = v128.load32_splat(x2);
      a2 = dot<X, S>(v, l, a2);
      b2 = dot<X, S>(v, h, b2);
      v = v128.load32_splat(x3);
      a3 = dot<X, S>(v, l, a3);
      b3 = dot<X, S>(v, h, b3);
      l = low_second<W, X>(w, nibble);
      h = high_second<W, X>(w, nibble);
      v = v128.load32_splat(x0 + second_word<W, X>());
      a0 = dot<X, S>(v, l, a0);
      b0 = dot<X, S>(v, h, b0);
      v = v128.load32_splat(x1 + second_word<W, X>());
      a1 = dot<X, S>(v, l, a1);
      b1 = dot<X, S>(v, h, b1);
      v = v128.load32_splat(x2 + second_word<W, X>());
      a2 = dot<X, S>(v, l, a2);
      b2 = dot<X, S>(v, h, b2);
      v = v128.load32_splat(x3 + second_word<W, X>());
      a3 = dot<X, S>(v, l, a3);
      b3 = dot<X, S>(v, h, b3);
      x0 += x_step<W>();
      x1 += x_step<W>();
      x2 += x_step<W>();
      x3 += x_step<W>();
    }
    const l = scales<W>(w), h = scales<W>(w + 8);
    low0 = scaled(low_end<X, S>(a0, s0), s0, l, low0);
    high0 = scaled(high_end<X, S>(a0, b0, s0), s0, h, high0);
    low1 = scaled(low_end<X, S>(a1, s1), s1, l, low1);
    high1 = scaled(high_end<X, S>(a1, b1, s1), s1, h, high1);
    low2 = scaled(low_end<X, S>(a2, s2), s2, l, low2);
    high2 = scaled(high_end<X, S>(a2, b2, s2), s2, h, high2);
    low3 = scaled(low_end<X, S>(a3, s3), s3, l, low3);
    high3 = scaled(high_end<X, S>(a3, b3, s3), s3, h, high3);
    w += 16;
    s0 += 8;
    s1 += 8;
    s2 += 8;
    s3 += 8;
    if (!isSigned<W>()) {
      x0 += x_block<X>() / 2;
      x1 += x_block<X>() / 2;
      x2 += x_block<X>() / 2;
      x3 += x_block<X>() / 2;
    }
  }
  store_panel(at(out, t, outRow), bias, n, N, low0, high0);
  store_panel(at(out, t1, outRow), bias, n, N, low1, high1);
  store_panel(at(out, t2, outRow), bias, n, N, low2, high2);
  store_panel(at(out, t3, outRow), bias, n, N, low3, high3);
}

/** A panel's eight sums plus bias (0: none) to outputs n..n+8 of a row, of which there are N. */
function store_panel(row: usize, bias: usize, n: i32, N: i32, low: v128, high: v128): void {
  const at = <usize>n << 2;
  if (bias) {
    low = f32x4.add(low, load_left(bias + at, N - n));
    high = f32x4.add(high, load_left(bias + at + 16, N - n - 4));
  }
  store_left(row + at, low, N - n);
  store_left(row + at + 16, high, N - n - 4);
}
