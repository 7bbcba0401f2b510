import { at } from "./lanes";
import { Q8_0_BLOCK } from "./pack_q8_0";
import { WORD_WEIGHTS, X_BLOCK, add_block, dot, scales, store_panel } from "./quant_lanes";

/**
 * out = x Wᵀ + bias from int8 weights and activations, each with a scale per block of 32 inputs:
 *
 *   out[t,n] = Σ_b (correction[t,b] + Σ_{k in b} xq[t,k] w[n,k]) * (xScale[t,b] * scale[n,b]) + bias[n]
 *
 * out [T, N] f32 · xq, xs from quantize with the weights' zero · w [N, K] from pack_q8_0 · bias [N] f32 or 0 for none.
 * Owns panels begin..end of 8 outputs. The inner sums are exact and the outer one takes b in order: any range and any T give the same bits.
 * Error against the f32 product of the unpacked weights and activations ≤ (K/32 + 3) eps Σ |xq xScale w scale|.
 */
export function matmul_q8_0(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  const blocks = (K + 31) >> 5, outRow = <usize>N << 2;
  const tiled = (T & 3) == 1 ? T - 1 : T;
  for (let rows = 0; rows < tiled; rows += ROW_BLOCK) {
    for (let p = begin; p < end; p++) {
      for (let t = rows; t < min(rows + ROW_BLOCK, tiled); t += 4) four_rows(out, xq, xs, w, bias, t, tiled - 1, N, blocks, p);
    }
  }
  if (tiled < T) one_row(at(out, tiled, outRow), at(xq, tiled * blocks, X_BLOCK), at(xs, tiled * blocks, 8), w, bias, N, blocks, begin, end);
}

/** Rows whose activations stay in the second cache while all panels pass. */
const ROW_BLOCK: i32 = 48;

/** One row is bound by reading w, and memory gives more to four streams that lie far apart than to one. Past the end a stream repeats the last panel. */
function one_row(out: usize, xq: usize, xs: usize, w: usize, bias: usize, N: i32, blocks: i32, begin: i32, end: i32): void {
  const panelBytes = <usize>blocks * Q8_0_BLOCK, each = (end - begin + 3) >> 2;
  for (let i = 0; i < each; i++) {
    const p0 = begin + i, p1 = min(p0 + each, end - 1), p2 = min(p0 + 2 * each, end - 1), p3 = min(p0 + 3 * each, end - 1);
    let w0 = at(w, p0, panelBytes), w1 = at(w, p1, panelBytes), w2 = at(w, p2, panelBytes), w3 = at(w, p3, panelBytes);
    let low0 = f32x4.splat(0), low1 = low0, low2 = low0, low3 = low0, high0 = low0, high1 = low0, high2 = low0, high3 = low0;
    for (let x = xq, s = xs, last = xs + (<usize>blocks << 3); s < last; s += 8) {
      const correction = v128.load32_splat(s, 4);
      let a0 = correction, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
      for (const next = x + X_BLOCK; x < next; x += 4) {
        const v = v128.load32_splat(x);
        a0 = dot(v, low(w0), a0);
        b0 = dot(v, high(w0), b0);
        a1 = dot(v, low(w1), a1);
        b1 = dot(v, high(w1), b1);
        a2 = dot(v, low(w2), a2);
        b2 = dot(v, high(w2), b2);
        a3 = dot(v, low(w3), a3);
        b3 = dot(v, high(w3), b3);
        w0 += WORD_WEIGHTS;
        w1 += WORD_WEIGHTS;
        w2 += WORD_WEIGHTS;
        w3 += WORD_WEIGHTS;
      }
      const xScale = v128.load32_splat(s);
      low0 = add_block(a0, xScale, scales(w0), low0);
      high0 = add_block(b0, xScale, scales(w0 + 8), high0);
      low1 = add_block(a1, xScale, scales(w1), low1);
      high1 = add_block(b1, xScale, scales(w1 + 8), high1);
      low2 = add_block(a2, xScale, scales(w2), low2);
      high2 = add_block(b2, xScale, scales(w2 + 8), high2);
      low3 = add_block(a3, xScale, scales(w3), low3);
      high3 = add_block(b3, xScale, scales(w3 + 8), high3);
      w0 += 16;
      w1 += 16;
      w2 += 16;
      w3 += 16;
    }
    store_panel(out, bias, p0 << 3, N, low0, high0);
    store_panel(out, bias, p1 << 3, N, low1, high1);
    store_panel(out, bias, p2 << 3, N, low2, high2);
    store_panel(out, bias, p3 << 3, N, low3, high3);
  }
}

/** Many rows are bound by arithmetic: a register tile of 4 rows × 8 outputs. Rows past `last` repeat it: they store the same bits again. */
function four_rows(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  t: i32, last: i32, N: i32, blocks: i32, panel: i32
): void {
  const t1 = min(t + 1, last), t2 = min(t + 2, last), t3 = min(t + 3, last);
  const xRow = <usize>blocks * X_BLOCK, sRow = <usize>blocks << 3, outRow = <usize>N << 2, n = panel << 3;
  let x0 = at(xq, t, xRow), x1 = at(xq, t1, xRow), x2 = at(xq, t2, xRow), x3 = at(xq, t3, xRow);
  let s0 = at(xs, t, sRow), s1 = at(xs, t1, sRow), s2 = at(xs, t2, sRow), s3 = at(xs, t3, sRow);
  let low0 = f32x4.splat(0), low1 = low0, low2 = low0, low3 = low0, high0 = low0, high1 = low0, high2 = low0, high3 = low0;
  w = at(w, panel, <usize>blocks * Q8_0_BLOCK);
  for (const end = s0 + sRow; s0 < end; ) {
    let a0 = v128.load32_splat(s0, 4), a1 = v128.load32_splat(s1, 4), a2 = v128.load32_splat(s2, 4), a3 = v128.load32_splat(s3, 4);
    let b0 = a0, b1 = a1, b2 = a2, b3 = a3;
    for (const scale = w + 256; w < scale; w += WORD_WEIGHTS) {
      const l = low(w), h = high(w);
      let v = v128.load32_splat(x0);
      a0 = dot(v, l, a0);
      b0 = dot(v, h, b0);
      v = v128.load32_splat(x1);
      a1 = dot(v, l, a1);
      b1 = dot(v, h, b1);
      v = v128.load32_splat(x2);
      a2 = dot(v, l, a2);
      b2 = dot(v, h, b2);
      v = v128.load32_splat(x3);
      a3 = dot(v, l, a3);
      b3 = dot(v, h, b3);
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
    }
    const l = scales(w), h = scales(w + 8);
    let xScale = v128.load32_splat(s0);
    low0 = add_block(a0, xScale, l, low0);
    high0 = add_block(b0, xScale, h, high0);
    xScale = v128.load32_splat(s1);
    low1 = add_block(a1, xScale, l, low1);
    high1 = add_block(b1, xScale, h, high1);
    xScale = v128.load32_splat(s2);
    low2 = add_block(a2, xScale, l, low2);
    high2 = add_block(b2, xScale, h, high2);
    xScale = v128.load32_splat(s3);
    low3 = add_block(a3, xScale, l, low3);
    high3 = add_block(b3, xScale, h, high3);
    w += 16;
    s0 += 8;
    s1 += 8;
    s2 += 8;
    s3 += 8;
  }
  store_panel(at(out, t, outRow), bias, n, N, low0, high0);
  store_panel(at(out, t1, outRow), bias, n, N, low1, high1);
  store_panel(at(out, t2, outRow), bias, n, N, low2, high2);
  store_panel(at(out, t3, outRow), bias, n, N, low3, high3);
}

/** A word's weights for outputs 0..3 of the panel. */
// @ts-ignore: decorator
@inline function low(w: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? v128.load(w) : v128.load8x8_s(w);
}

/** And for outputs 4..7. */
// @ts-ignore: decorator
@inline function high(w: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? v128.load(w, 16) : v128.load8x8_s(w, 8);
}
