import { halves, load_part, madd, store_part } from "./lanes";

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

/** max(|a|, |b|), where a ≥ 0, as integers: one instruction, and NaN is the largest. */
// @ts-ignore: decorator
@inline export function larger(a: v128, b: v128): v128 {
  return i32x4.max_s(a, f32x4.abs(b));
}

/** Stores the first `left` lanes, up to four. */
// @ts-ignore: decorator
@inline export function store_left(p: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(p, v);
  else store_part(p, v, <usize>max(left, 0) << 2);
}

/**
 * The bits of the four f16 nearest to v, ties to even, one in each lane; from 65520 on infinite. From 2^-14 on the exponent is rebased by
 * 112 and 13 bits of the fraction are rounded off. Below, the sum with 1/2 counts steps of 2^-24, f16's subnormals, in its low bits.
 */
// @ts-ignore: decorator
@inline export function f16_bits(v: v128): v128 {
  const size = f32x4.abs(v), sign = i32x4.shr_u(v128.xor(v, size), 16);
  const odd = v128.and(i32x4.shr_u(size, 13), i32x4.splat(1));
  const normal = i32x4.sub(i32x4.shr_u(i32x4.add(i32x4.add(size, i32x4.splat(0xfff)), odd), 13), i32x4.splat(112 << 10));
  const subnormal = i32x4.sub(f32x4.add(size, f32x4.splat(0.5)), f32x4.splat(0.5));
  const half = v128.bitselect(subnormal, normal, f32x4.lt(size, f32x4.splat(6.103515625e-5)));
  return v128.or(sign, i32x4.min_s(half, i32x4.splat(0x7c00)));
}

/** The same as they are stored for products: the largest is 65504, and under 2^-14 it is 0 (a subnormal factor slows a product 6 to 20 times). */
// @ts-ignore: decorator
@inline export function f16_factor(v: v128): v128 {
  const limit = f32x4.splat(65504);
  const bits = f16_bits(f32x4.pmax(f32x4.pmin(v, limit), f32x4.neg(limit)));
  return v128.and(bits, i32x4.ne(v128.and(bits, i32x4.splat(0x7c00)), i32x4.splat(0)));
}

/**
 * The integer products take activations a word of 4 bytes at a time, as X says, and with it the weights of a panel's 8 outputs, as W says:
 *
 *   W    X                  word      weights of a word                                  product
 *   i8   i8    q8_0         4 int8    [8 outputs][4 k] int8                              the relaxed dot
 *   i8   i16   q8_0         2 i16     [4 outputs n][2 k] i16: w[n,k] + 256 w[n+4,k]      i16 dots, below
 *   u8   i8    q4_0         4 int8    [8 outputs][4 k], half a byte each                 the relaxed dot
 *   u8   i16   q4_0         2 i16     [8 outputs][2 k], half a byte each                 widened, i16 dots
 *
 * A step is two words: for q8_0 one after the other, for q4_0 16 inputs apart, with their weights in the low and the high halves of the
 * same bytes. S holds a block's sums: i32, or for <u8, i8> i16, two lanes an output, 32 * 127 * 15 / 2 < 2^15. That is one instruction
 * less where the relaxed dot to i32 is made of two (x86 before AVX-VNNI: 107 GOP/s against 69), and more where it is one.
 *
 * Two int8 in an i16 need no widening: the dot with v = w[n] + 256 w[n+4] is A + 256 B, the dot with v << 8 is 256 A, each exact and under
 * 2^31 for 32 inputs, and the block's end takes A and B from them. (Against widening pairs of int8: 33 GB/s for 27 from the cache, and
 * 74 GOP/s for 70.)
 */
// @ts-ignore: decorator
@inline export function x_block<X>(): usize {
  return 32 * sizeof<X>();
}

/** Bytes from a step's first word of activations to its second. */
// @ts-ignore: decorator
@inline export function second_word<W, X>(): usize {
  return isSigned<W>() ? 4 : 16 * sizeof<X>();
}

/** Bytes from one step's activations to the next one's. */
// @ts-ignore: decorator
@inline export function x_step<W>(): usize {
  return isSigned<W>() ? 8 : 4;
}

/** Bytes of a step's weights, and of a block's. */
// @ts-ignore: decorator
@inline export function w_step<W, X>(): usize {
  return (isSigned<W>() ? 64 : 32) / sizeof<X>();
}
// @ts-ignore: decorator
@inline export function w_block<W>(): usize {
  return isSigned<W>() ? 256 : 128;
}

/** The weights of outputs 0..3 for a word of q8_0 at p, and of outputs 4..7. */
// @ts-ignore: decorator
@inline function low8<X>(p: usize): v128 {
  return sizeof<X>() == 1 ? v128.load(p) : i16x8.shl(v128.load(p), 8);
}
// @ts-ignore: decorator
@inline function high8<X>(p: usize): v128 {
  return sizeof<X>() == 1 ? v128.load(p, 16) : v128.load(p);
}

/** The weights for the first and for the second word of q4_0 at p, of four outputs. nibble keeps the low half of each byte. */
// @ts-ignore: decorator
@inline function near4<X>(p: usize, nibble: v128): v128 {
  return v128.and(sizeof<X>() == 1 ? v128.load(p) : v128.load8x8_u(p), nibble);
}
// @ts-ignore: decorator
@inline function far4<X>(p: usize, nibble: v128): v128 {
  return sizeof<X>() == 1 ? v128.and(i16x8.shr_u(v128.load(p), 4), nibble) : i16x8.shr_u(v128.load8x8_u(p), 4);
}
// @ts-ignore: decorator
@inline export function nibble_mask<X>(): v128 {
  return sizeof<X>() == 1 ? i8x16.splat(15) : i16x8.splat(15);
}

/** The weights of a step at p: outputs 0..3 (low) and 4..7 (high) for its two words. */
// @ts-ignore: decorator
@inline export function low_first<W, X>(p: usize, nibble: v128): v128 {
  return isSigned<W>() ? low8<X>(p) : near4<X>(p, nibble);
}
// @ts-ignore: decorator
@inline export function high_first<W, X>(p: usize, nibble: v128): v128 {
  return isSigned<W>() ? high8<X>(p) : near4<X>(p + 16 / sizeof<X>(), nibble);
}
// @ts-ignore: decorator
@inline export function low_second<W, X>(p: usize, nibble: v128): v128 {
  return isSigned<W>() ? low8<X>(p + 32 / sizeof<X>()) : far4<X>(p, nibble);
}
// @ts-ignore: decorator
@inline export function high_second<W, X>(p: usize, nibble: v128): v128 {
  return isSigned<W>() ? high8<X>(p + 32 / sizeof<X>()) : far4<X>(p + 16 / sizeof<X>(), nibble);
}

/** A block's sums before its first word: the correction at s, or 0 where they can't hold it or have none. */
// @ts-ignore: decorator
@inline export function block_start<W, X, S>(s: usize): v128 {
  return sizeof<S>() == 2 || (isSigned<W>() && sizeof<X>() == 2) ? i32x4.splat(0) : v128.load32_splat(s, 4);
}

/** sum[i] += the products of a word of activations and output i's weights. */
// @ts-ignore: decorator
@inline export function dot<X, S>(x: v128, w: v128, sum: v128): v128 {
  if (sizeof<S>() == 2) return i16x8.add(sum, i16x8.relaxed_dot_i8x16_i7x16_s(x, w));
  if (sizeof<X>() == 2) return i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(x, w, sum);
}

/** What the sums of a block's low and high weights say of outputs 0..3. */
// @ts-ignore: decorator
@inline export function low_end<W, X, S>(low: v128, s: usize): v128 {
  if (sizeof<S>() == 2) return i32x4.add(i32x4.extadd_pairwise_i16x8_s(low), v128.load32_splat(s, 4));
  return isSigned<W>() && sizeof<X>() == 2 ? i32x4.shr_s(low, 8) : low;
}

/** And of outputs 4..7. */
// @ts-ignore: decorator
@inline export function high_end<W, X, S>(low: v128, high: v128, s: usize): v128 {
  if (sizeof<S>() == 2) return low_end<W, X, S>(high, s);
  return isSigned<W>() && sizeof<X>() == 2 ? i32x4.shr_s(i32x4.sub(high, i32x4.shr_s(low, 8)), 8) : high;
}

/** Those sums times the scales, the activations' at s, onto the sum of the blocks before. */
// @ts-ignore: decorator
@inline export function scaled(sum: v128, s: usize, scale: v128, y: v128): v128 {
  return madd(f32x4.convert_i32x4_s(sum), f32x4.mul(v128.load32_splat(s), scale), y);
}

/**
 * The scales of four outputs at p. q4_0 keeps f16. q8_0's are never negative and have their sign bit free for a sixth bit of the exponent:
 * 96 less than f32's, it makes every f16 a normal number (subnormal factors cost a fifth of the speed on Zen 4, and far more elsewhere).
 * 0 becomes 2^-31, and all its weights are 0.
 */
// @ts-ignore: decorator
@inline export function scales<W>(p: usize): v128 {
  return isSigned<W>() ? i32x4.add(i32x4.shl(v128.load_ext<u16>(p), 13), i32x4.splat(96 << 23)) : halves(v128.load_ext<i16>(p));
}
