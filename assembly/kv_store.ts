import { f16_at } from "./lanes";
import { f16_factor, load_left } from "./quant_lanes";

/** Positions of a block of values. */
export const VALUE_BLOCK: i32 = 64;

/**
 * The new positions' keys and values into a layer's cache. Keys are panels over positions, values panels over the head's dimensions, so
 * that attention is two products with the weights' own layout:
 *
 *   kCache [nKvHeads][capacity/8][d][8]                 K[h,s,i] at panel s/8, depth i, lane s%8                  scores = q × K panels
 *   vCache [nKvHeads][capacity/64][ceil(d/8)][64][8]    V[h,s,i] at block s/64, panel i/8, depth s%64, lane i%8   z = Σ pattern × V panels
 *
 * Values come in blocks, so that what a head has of the positions so far lies together. k, v [T, nKvHeads * d] f32, rows rowStride floats apart
 * (views into q k v side by side); row t goes to position + t. capacity % 64 == 0. Owns key/value heads begin..end. Exact.
 */
export function kv_store_f32(
  kCache: usize, vCache: usize, k: usize, v: usize,
  rowStride: i32, T: i32, headDim: i32, capacity: i32, position: i32, begin: i32, end: i32
): void {
  const d = <usize>headDim, positions = <usize>capacity;
  for (let h = <usize>begin; h < <usize>end; h++) {
    const keys = kCache + (h * positions * d << 2), values = vCache + (h * ((d + 7) >> 3) * positions << 5);
    for (let t = 0; t < T; t++) {
      const s = <usize>(position + t), from = (<usize>t * <usize>rowStride + h * d) << 2;
      const key = keys + ((s & ~7) * d << 2) + ((s & 7) << 2), value = values + value_row(s, d) * 32;
      for (let i: usize = 0; i < d; i++) {
        store<f32>(key + (i << 5), load<f32>(k + from + (i << 2)));
        store<f32>(value + (i >> 3) * <usize>VALUE_BLOCK * 32 + ((i & 7) << 2), load<f32>(v + from + (i << 2)));
      }
    }
  }
}

/**
 * The same with the cache in f16, to nearest, ties to even: eight lanes as lanes.ts orders them. |k - f16| ≤ 2^-11 |k|; under 2^-14 it is 0,
 * past ±65504 that.
 */
export function kv_store_f16(
  kCache: usize, vCache: usize, k: usize, v: usize,
  rowStride: i32, T: i32, headDim: i32, capacity: i32, position: i32, begin: i32, end: i32
): void {
  const d = <usize>headDim, positions = <usize>capacity;
  for (let h = <usize>begin; h < <usize>end; h++) {
    const keys = kCache + (h * positions * d << 1), values = vCache + (h * ((d + 7) >> 3) * positions << 4);
    for (let t = 0; t < T; t++) {
      const s = <usize>(position + t), from = (<usize>t * <usize>rowStride + h * d) << 2;
      const key = keys + ((s & ~7) * d << 1) + f16_at(<i32>s & 7), value = values + value_row(s, d) * 16;
      for (let i = 0; i < headDim; i += 4) {
        const left = headDim - i, at = from + (<usize>i << 2);
        store_halves(key + (<usize>i << 4), 16, f16_factor(load_left(k + at, left)), left);
        store_halves(value + <usize>(i >> 3) * <usize>VALUE_BLOCK * 16 + f16_at(i & 7), 4, f16_factor(load_left(v + at, left)), left);
      }
    }
  }
}

/** Where position s stands in a head's values of d dimensions: its row, of eight, in the first panel of its block. */
// @ts-ignore: decorator
@inline function value_row(s: usize, d: usize): usize {
  const within = s & (VALUE_BLOCK - 1);
  return (s - within) * ((d + 7) >> 3) + within;
}

/** Up to four f16, one from each lane, `apart` bytes apart. */
// @ts-ignore: decorator
@inline function store_halves(to: usize, apart: usize, bits: v128, left: i32): void {
  v128.store_lane<i16>(to, bits, 0);
  if (left > 1) v128.store_lane<i16>(to + apart, bits, 2);
  if (left > 2) v128.store_lane<i16>(to + 2 * apart, bits, 4);
  if (left > 3) v128.store_lane<i16>(to + 3 * apart, bits, 6);
}
