import { load_part, madd, store_part } from "./lanes";

/** 2^112: an f16's low 15 bits, shifted by 13, are an f32 that is so many times too small. */
// @ts-ignore: decorator
@inline const UP: f32 = reinterpret<f32>(0x77800000);

/** The scales of four outputs: f16 to f32, subnormals too. */
// @ts-ignore: decorator
@inline export function scales(p: usize): v128 {
  return f32x4.mul(v128.and(i32x4.shl(v128.load_ext<i16>(p), 13), i32x4.splat(0x8fffe000)), f32x4.splat(UP));
}

/** One output's scale. */
// @ts-ignore: decorator
@inline export function scale1(p: usize): f32 {
  return reinterpret<f32>((<i32>load<i16>(p) << 13) & 0x8fffe000) * UP;
}

/** Eight f32 as f16, to nearest, ties to even; from 65520 on infinite. */
// @ts-ignore: decorator
@inline export function narrow(a: v128, b: v128): v128 {
  return i16x8.narrow_i32x4_u(narrow4(a), narrow4(b));
}

/**
 * From 2^-14 on, the exponent is rebased by 112 and 13 bits of the fraction are rounded off. Below, the sum with 1/2 rounds to f16's
 * subnormal step of 2^-24 and leaves the number of steps in its low bits.
 */
function narrow4(v: v128): v128 {
  const size = v128.and(v, i32x4.splat(0x7fffffff)), sign = i32x4.shr_u(v128.xor(v, size), 16);
  const odd = v128.and(i32x4.shr_u(size, 13), i32x4.splat(1));
  const normal = i32x4.sub(i32x4.shr_u(i32x4.add(i32x4.add(size, i32x4.splat(0xfff)), odd), 13), i32x4.splat(112 << 10));
  const subnormal = i32x4.sub(f32x4.add(size, f32x4.splat(0.5)), f32x4.splat(0.5));
  const half = v128.bitselect(subnormal, normal, f32x4.lt(size, f32x4.splat(6.103515625e-5)));
  return v128.or(sign, i32x4.min_s(half, i32x4.splat(0x7c00)));
}

/** One input of four outputs: lane i is the f32 at p + i * rowStride, 0 from lane `left` on. */
// @ts-ignore: decorator
@inline export function column(p: usize, rowStride: usize, left: i32): v128 {
  if (left >= 4 && rowStride == 4) return v128.load(p);
  let v = f32x4.splat(0);
  if (left > 0) v = v128.load_lane<f32>(p, v, 0);
  if (left > 1) v = v128.load_lane<f32>(p + rowStride, v, 1);
  if (left > 2) v = v128.load_lane<f32>(p + 2 * rowStride, v, 2);
  if (left > 3) v = v128.load_lane<f32>(p + 3 * rowStride, v, 3);
  return v;
}

/** The first `left` floats at p, up to four; the other lanes are 0. */
// @ts-ignore: decorator
@inline export function load_left(p: usize, left: i32): v128 {
  return left >= 4 ? v128.load(p) : load_part(p, <usize>max(left, 0) << 2);
}

/** Stores the first `left` lanes, up to four. */
// @ts-ignore: decorator
@inline export function store_left(p: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(p, v);
  else store_part(p, v, <usize>max(left, 0) << 2);
}

/** A panel's eight sums plus bias (0: none) to outputs n..n+8 of a row, of which there are N. */
// @ts-ignore: decorator
@inline export function store_panel(row: usize, bias: usize, n: i32, N: i32, low: v128, high: v128): void {
  const at = <usize>n << 2;
  if (bias) {
    low = f32x4.add(low, load_left(bias + at, N - n));
    high = f32x4.add(high, load_left(bias + at + 16, N - n - 4));
  }
  store_left(row + at, low, N - n);
  store_left(row + at + 16, high, N - n - 4);
}

/**
 * The unit of the integer products: one word of activations times the weights of a panel's 8 outputs that go with it.
 *
 *             relaxed binary                                plain binary
 *   word      a quad: 4 inputs, int8                        a pair: 2 inputs, i16
 *   weights   [8 outputs][4 k] int8, 32 bytes               [8 outputs][2 k] int8, 16 bytes
 *   product   one instruction sums 4 products a lane        widened to i16, one instruction sums 2, another adds
 *
 * i16 dots need no second pass over pairs of lanes and no widening of the activations for each output.
 */
// @ts-ignore: decorator
@inline export const WORDS: i32 = ASC_FEATURE_RELAXED_SIMD ? 8 : 16;
// @ts-ignore: decorator
@inline export const WORD_WEIGHTS: usize = ASC_FEATURE_RELAXED_SIMD ? 32 : 16;
/** Bytes of 32 activations. */
// @ts-ignore: decorator
@inline export const X_BLOCK: usize = WORDS * 4;

/** sum[i] += the products of a word of activations and output i's weights. */
// @ts-ignore: decorator
@inline export function dot(x: v128, w: v128, sum: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.relaxed_dot_i8x16_i7x16_add_s(x, w, sum) : i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
}

/** A block's integer sums, times its scales, onto the sum of the blocks before. */
// @ts-ignore: decorator
@inline export function add_block(sum: v128, xScale: v128, scale: v128, y: v128): v128 {
  return madd(f32x4.convert_i32x4_s(sum), f32x4.mul(xScale, scale), y);
}
