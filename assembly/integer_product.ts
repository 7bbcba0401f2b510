import { fetch } from "./fetch";
import { at } from "./lanes";
import {
  dot, first_high, first_low, half_way, high_start, high_sum, load_left, low_start, low_sum, scaled, scales, second_high, second_low,
  store_left, two_bytes, w_block, w_step, x_block
} from "./quant_lanes";
import { room } from "./room";

/**
 * The inner product of the integer formats, not exported from the module: W, X and S say which (quant_lanes.ts).
 *
 *   out[t,n] = Σ_b (start[t,b] + Σ_{k in b} xq[t,k] w[n,k]) (xScale[t,b] scale[n,b]) + bias[n]
 *
 * over blocks b of 32 inputs. The inner sums are exact and the outer one takes b in order: any range and any T give the same bits.
 * A row at a time, and many, walk four panels at a time: memory gives more to four streams that lie far apart than to one.
 */
export function integer_product<W, X, S>(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  const blocks = (K + 31) >> 5, tiled = (T & 3) <= FEW ? T & ~3 : T, panelBytes = <usize>blocks * (w_block<W>() + 16);
  const many = tiled > 4, group = max(many ? <i32>(GROUP_BYTES / panelBytes) : end - begin, 4);
  for (let from = begin; from < end; from += group) {
    const to = min(from + group, end), each = (to - from + 3) >> 2, apart = many ? each : to - from;
    const quarter = (<usize>(to - from) * panelBytes) >> 2;
    if (many) fetch(at(w, from, panelBytes), quarter, quarter, 3);
    for (let p = from; p < from + apart; p++) {
      for (let t = 0; t < tiled; t += 4) four_rows<W, X, S>(out, xq, xs, w, bias, t, tiled - 1, N, blocks, p, apart, to);
    }
    if (tiled < T) few_rows<W, X, S>(out, xq, xs, w, bias, tiled, T, N, blocks, from, each, to);
  }
}

/** Up to so many rows cost less one by one than as a tile. */
const FEW: i32 = 2;

/**
 * One tile goes through all panels in one stream, which the processor reads ahead of (Zen 5, one thread: 4 rows take 4.6 ms for the blocks of
 * 124M, by groups 5.2). More tiles find a group of panels in the second cache, brought there before them (32 rows 32 → 29.5 ms, 128 rows 120 → 115).
 */
const GROUP_BYTES: usize = 1 << 18;

/** A row at a time, the second of which finds the panels in the cache. Past its end a stream repeats the last panel. */
function few_rows<W, X, S>(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  from: i32, T: i32, N: i32, blocks: i32, begin: i32, each: i32, end: i32
): void {
  const panelBytes = <usize>blocks * (w_block<W>() + 16), nibble = i8x16.splat(15);
  const half = x_block<X>() / 2, words = isSigned<W>() ? x_block<X>() : half;
  for (let p0 = begin; p0 < begin + each; p0++) {
    const p1 = min(p0 + each, end - 1), p2 = min(p0 + 2 * each, end - 1), p3 = min(p0 + 3 * each, end - 1);
    for (let t = from; t < T; t++) {
      let w0 = at(w, p0, panelBytes), w1 = at(w, p1, panelBytes), w2 = at(w, p2, panelBytes), w3 = at(w, p3, panelBytes);
      let low0 = f32x4.splat(0), low1 = low0, low2 = low0, low3 = low0, high0 = low0, high1 = low0, high2 = low0, high3 = low0;
      let x = at(xq, t, <usize>blocks * x_block<X>()), s = at(xs, t, <usize>blocks << 3);
      for (const rowEnd = s + (<usize>blocks << 3); s < rowEnd; s += 8) {
        let a0 = low_start<X, S>(s), a1 = a0, a2 = a0, a3 = a0, b0 = high_start<X>(a0, s), b1 = b0, b2 = b0, b3 = b0;
        for (const blockEnd = x + words; x < blockEnd; x += 4) {
          if (two_bytes<X>() && x + half == blockEnd) {
            a0 = half_way(a0, s);
            b0 = half_way(b0, s);
            a1 = half_way(a1, s);
            b1 = half_way(b1, s);
            a2 = half_way(a2, s);
            b2 = half_way(b2, s);
            a3 = half_way(a3, s);
            b3 = half_way(b3, s);
            w0 -= w_block<W>();
            w1 -= w_block<W>();
            w2 -= w_block<W>();
            w3 -= w_block<W>();
          }
          let v = v128.load32_splat(x);
          a0 = dot<X, S>(v, first_low<W, X>(w0, nibble), a0);
          b0 = dot<X, S>(v, first_high<W, X>(w0, nibble), b0);
          a1 = dot<X, S>(v, first_low<W, X>(w1, nibble), a1);
          b1 = dot<X, S>(v, first_high<W, X>(w1, nibble), b1);
          a2 = dot<X, S>(v, first_low<W, X>(w2, nibble), a2);
          b2 = dot<X, S>(v, first_high<W, X>(w2, nibble), b2);
          a3 = dot<X, S>(v, first_low<W, X>(w3, nibble), a3);
          b3 = dot<X, S>(v, first_high<W, X>(w3, nibble), b3);
          if (!isSigned<W>()) {
            v = v128.load32_splat(x + half);
            a0 = dot<X, S>(v, second_low<X>(w0, nibble), a0);
            b0 = dot<X, S>(v, second_high<X>(w0, nibble), b0);
            a1 = dot<X, S>(v, second_low<X>(w1, nibble), a1);
            b1 = dot<X, S>(v, second_high<X>(w1, nibble), b1);
            a2 = dot<X, S>(v, second_low<X>(w2, nibble), a2);
            b2 = dot<X, S>(v, second_high<X>(w2, nibble), b2);
            a3 = dot<X, S>(v, second_low<X>(w3, nibble), a3);
            b3 = dot<X, S>(v, second_high<X>(w3, nibble), b3);
          }
          w0 += w_step<X>();
          w1 += w_step<X>();
          w2 += w_step<X>();
          w3 += w_step<X>();
        }
        if (!isSigned<W>()) x += half;
        low0 = scaled(low_sum<X, S>(a0, s), s, scales<W>(w0), low0);
        high0 = scaled(high_sum<X, S>(a0, b0, s), s, scales<W>(w0 + 8), high0);
        low1 = scaled(low_sum<X, S>(a1, s), s, scales<W>(w1), low1);
        high1 = scaled(high_sum<X, S>(a1, b1, s), s, scales<W>(w1 + 8), high1);
        low2 = scaled(low_sum<X, S>(a2, s), s, scales<W>(w2), low2);
        high2 = scaled(high_sum<X, S>(a2, b2, s), s, scales<W>(w2 + 8), high2);
        low3 = scaled(low_sum<X, S>(a3, s), s, scales<W>(w3), low3);
        high3 = scaled(high_sum<X, S>(a3, b3, s), s, scales<W>(w3 + 8), high3);
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

/**
 * Many rows are bound by arithmetic: a register tile of 4 rows × 8 outputs, which takes a block of each of up to four panels in turn, with
 * their sums in the thread's room. Rows past `last` repeat it: they store the same bits again.
 */
function four_rows<W, X, S>(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  t: i32, last: i32, N: i32, blocks: i32, panel: i32, apart: i32, end: i32
): void {
  const t1 = min(t + 1, last), t2 = min(t + 2, last), t3 = min(t + 3, last);
  const xRow = <usize>blocks * x_block<X>(), sRow = <usize>blocks << 3, panelBytes = <usize>blocks * (w_block<W>() + 16);
  const panels = min(4, (end - panel + apart - 1) / apart), sums = room, sumsEnd = sums + (<usize>panels << 7);
  const stride = panelBytes * apart - w_block<W>(), half = x_block<X>() / 2, words = isSigned<W>() ? x_block<X>() : half;
  const nibble = i8x16.splat(15);
  let x0 = at(xq, t, xRow), x1 = at(xq, t1, xRow), x2 = at(xq, t2, xRow), x3 = at(xq, t3, xRow);
  let s0 = at(xs, t, sRow), s1 = at(xs, t1, sRow), s2 = at(xs, t2, sRow), s3 = at(xs, t3, sRow);
  for (let y = sums; y < sumsEnd; y += 16) v128.store(y, f32x4.splat(0));
  for (let block = at(w, panel, panelBytes), blocksEnd = block + panelBytes; block < blocksEnd; block += w_block<W>() + 16) {
    let wp = block;
    for (let y = sums; y < sumsEnd; y += 128) {
      let a0 = low_start<X, S>(s0), a1 = low_start<X, S>(s1), a2 = low_start<X, S>(s2), a3 = low_start<X, S>(s3);
      let b0 = high_start<X>(a0, s0), b1 = high_start<X>(a1, s1), b2 = high_start<X>(a2, s2), b3 = high_start<X>(a3, s3);
      let u0 = x0, u1 = x1, u2 = x2, u3 = x3;
      for (const blockEnd = u0 + words; u0 < blockEnd; u0 += 4) {
        if (two_bytes<X>() && u0 + half == blockEnd) {
          a0 = half_way(a0, s0);
          b0 = half_way(b0, s0);
          a1 = half_way(a1, s1);
          b1 = half_way(b1, s1);
          a2 = half_way(a2, s2);
          b2 = half_way(b2, s2);
          a3 = half_way(a3, s3);
          b3 = half_way(b3, s3);
          wp -= w_block<W>();
        }
        const low = first_low<W, X>(wp, nibble), high = first_high<W, X>(wp, nibble);
        let v = v128.load32_splat(u0);
        a0 = dot<X, S>(v, low, a0);
        b0 = dot<X, S>(v, high, b0);
        v = v128.load32_splat(u1);
        a1 = dot<X, S>(v, low, a1);
        b1 = dot<X, S>(v, high, b1);
        v = v128.load32_splat(u2);
        a2 = dot<X, S>(v, low, a2);
        b2 = dot<X, S>(v, high, b2);
        v = v128.load32_splat(u3);
        a3 = dot<X, S>(v, low, a3);
        b3 = dot<X, S>(v, high, b3);
        if (!isSigned<W>()) {
          const low = second_low<X>(wp, nibble), high = second_high<X>(wp, nibble);
          let v = v128.load32_splat(u0 + half);
          a0 = dot<X, S>(v, low, a0);
          b0 = dot<X, S>(v, high, b0);
          v = v128.load32_splat(u1 + half);
          a1 = dot<X, S>(v, low, a1);
          b1 = dot<X, S>(v, high, b1);
          v = v128.load32_splat(u2 + half);
          a2 = dot<X, S>(v, low, a2);
          b2 = dot<X, S>(v, high, b2);
          v = v128.load32_splat(u3 + half);
          a3 = dot<X, S>(v, low, a3);
          b3 = dot<X, S>(v, high, b3);
        }
        u1 += 4;
        u2 += 4;
        u3 += 4;
        wp += w_step<X>();
      }
      const low = scales<W>(wp), high = scales<W>(wp + 8);
      v128.store(y, scaled(low_sum<X, S>(a0, s0), s0, low, v128.load(y)));
      v128.store(y, scaled(high_sum<X, S>(a0, b0, s0), s0, high, v128.load(y, 16)), 16);
      v128.store(y, scaled(low_sum<X, S>(a1, s1), s1, low, v128.load(y, 32)), 32);
      v128.store(y, scaled(high_sum<X, S>(a1, b1, s1), s1, high, v128.load(y, 48)), 48);
      v128.store(y, scaled(low_sum<X, S>(a2, s2), s2, low, v128.load(y, 64)), 64);
      v128.store(y, scaled(high_sum<X, S>(a2, b2, s2), s2, high, v128.load(y, 80)), 80);
      v128.store(y, scaled(low_sum<X, S>(a3, s3), s3, low, v128.load(y, 96)), 96);
      v128.store(y, scaled(high_sum<X, S>(a3, b3, s3), s3, high, v128.load(y, 112)), 112);
      wp += stride;
    }
    x0 += x_block<X>();
    x1 += x_block<X>();
    x2 += x_block<X>();
    x3 += x_block<X>();
    s0 += 8;
    s1 += 8;
    s2 += 8;
    s3 += 8;
  }
  for (let y = sums; y < sumsEnd; y += 128, panel += apart) {
    store_panel(at(out, t, <usize>N << 2), bias, panel << 3, N, v128.load(y), v128.load(y, 16));
    store_panel(at(out, t1, <usize>N << 2), bias, panel << 3, N, v128.load(y, 32), v128.load(y, 48));
    store_panel(at(out, t2, <usize>N << 2), bias, panel << 3, N, v128.load(y, 64), v128.load(y, 80));
    store_panel(at(out, t3, <usize>N << 2), bias, panel << 3, N, v128.load(y, 96), v128.load(y, 112));
  }
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
