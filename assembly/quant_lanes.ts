import { halves, load_part, madd, ROUNDER, store_part } from "./lanes";

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
 * The integer products take activations a word of 4 bytes at a time, as X says, and with it 16 or 32 bytes for a panel's 8 outputs:
 *
 *   X     word      weights of a word                                        product
 *   i8    4 int8    [8 outputs][4 k], a byte each                            the relaxed dot
 *   u16   4 int8    the same                                                 the relaxed dot, of 32 high bytes, then of 32 low ones
 *   i16   2 i16     [4 outputs n][2 k], an i16 v = w[n,k] + 256 w[n+4,k]     i16 dots, exact in every engine
 *
 * Two weights in an i16 need no widening: the dot with v << 8 is 256 A, the dot with v is A + 256 B, both exact and under 2^31 for 32
 * inputs of up to 2047 steps, and the block's end takes A and B from them. (Against widening pairs of int8: 33 GB/s for 27 from the cache, 74 GOP/s for 70.)
 *
 * W says what the weights are: i8 is q8_0; u8 is q4_0, two of 0..15 in a byte: the first 16 inputs' in the low halves of a block's bytes,
 * the last 16 inputs' in the high ones. (A word at a time: the compiler loads all that a loop's turn needs at its start, and two words have no
 * registers left; q8_0 68 % of the relaxed dot's peak for 60.)
 *
 * S holds a block's sums: i32, or for nibbles and the relaxed dot i16, two lanes an output: 32 * 127 * 15 / 2 < 2^15. That is one
 * instruction less where the relaxed dot to i32 is made of two (x86 before AVX-VNNI: 107 GOP/s against 69), and more where it is one.
 */
// @ts-ignore: decorator
@inline export function pairs<X>(): bool {
  return sizeof<X>() == 2 && isSigned<X>();
}
// @ts-ignore: decorator
@inline export function two_bytes<X>(): bool {
  return sizeof<X>() == 2 && !isSigned<X>();
}

/** Bytes of a block of activations. */
// @ts-ignore: decorator
@inline export function x_block<X>(): usize {
  return 32 * sizeof<X>();
}

/** Bytes of a word's weights for a panel, and of a block's. */
// @ts-ignore: decorator
@inline export function w_step<X>(): usize {
  return pairs<X>() ? 16 : 32;
}
// @ts-ignore: decorator
@inline export function w_block<W>(): usize {
  return isSigned<W>() ? 256 : 128;
}

/** A word's weights at p for outputs 0..3 (low) and 4..7 (high); of nibbles, the first 16 inputs', in the low halves of the bytes. */
// @ts-ignore: decorator
@inline export function first_low<W, X>(p: usize, nibble: v128): v128 {
  return pairs<X>() ? i16x8.shl(first<W>(p, nibble), 8) : first<W>(p, nibble);
}
// @ts-ignore: decorator
@inline export function first_high<W, X>(p: usize, nibble: v128): v128 {
  return first<W>(pairs<X>() ? p : p + 16, nibble);
}
// @ts-ignore: decorator
@inline function first<W>(p: usize, nibble: v128): v128 {
  return isSigned<W>() ? v128.load(p) : v128.and(v128.load(p), nibble);
}

/** The same of the last 16 inputs of nibbles, in the high halves. */
// @ts-ignore: decorator
@inline export function second_low<X>(p: usize, nibble: v128): v128 {
  return pairs<X>() ? i16x8.shl(second(p, nibble), 8) : second(p, nibble);
}
// @ts-ignore: decorator
@inline export function second_high<X>(p: usize, nibble: v128): v128 {
  return second(pairs<X>() ? p : p + 16, nibble);
}
// @ts-ignore: decorator
@inline function second(p: usize, nibble: v128): v128 {
  return v128.and(i16x8.shr_u(v128.load(p), 4), nibble);
}

/**
 * A block's sums before its first word: 0 where their start comes later, else so that A and B end with the start at s: 256 start for
 * 256 A, start + 256 start for A + 256 B.
 */
// @ts-ignore: decorator
@inline export function low_start<X, S>(s: usize): v128 {
  if (sizeof<S>() == 2 || two_bytes<X>()) return i16x8.splat(0);
  return pairs<X>() ? i32x4.shl(v128.load32_splat(s, 4), 8) : v128.load32_splat(s, 4);
}
// @ts-ignore: decorator
@inline export function high_start<X>(low: v128, s: usize): v128 {
  return pairs<X>() ? i32x4.add(low, v128.load32_splat(s, 4)) : low;
}

/** A block's sums after its high bytes, before its low ones. */
// @ts-ignore: decorator
@inline export function half_way(sum: v128, s: usize): v128 {
  return i32x4.add(i32x4.shl(sum, 8), v128.load32_splat(s, 4));
}

/** sum[i] += the products of a word of activations and the weights in lane i. */
// @ts-ignore: decorator
@inline export function dot<X, S>(x: v128, w: v128, sum: v128): v128 {
  if (sizeof<S>() == 2) return i16x8.add(sum, i16x8.relaxed_dot_i8x16_i7x16_s(x, w));
  if (pairs<X>()) return i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(x, w, sum);
}

/** A block's sums of outputs 0..3 as f32; i16 sums get their start here. */
// @ts-ignore: decorator
@inline export function low_sum<X, S>(low: v128, s: usize): v128 {
  if (sizeof<S>() == 2) low = i32x4.add(i32x4.extadd_pairwise_i16x8_s(low), v128.load32_splat(s, 4));
  if (sizeof<X>() == 1) return less_rounder(low);
  return f32x4.convert_i32x4_s(pairs<X>() ? i32x4.shr_s(low, 8) : low);
}

/** And of outputs 4..7. */
// @ts-ignore: decorator
@inline export function high_sum<X, S>(low: v128, high: v128, s: usize): v128 {
  return pairs<X>() ? f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.sub(high, i32x4.shr_s(low, 8)), 8)) : low_sum<X, S>(high, s);
}

/**
 * Sums of int8, up to 32 * 127 * 255, start from ROUNDER's bits: to subtract it costs less than to convert an integer, for which the units
 * of the products are needed (q8_0 +3 % on a Xeon).
 */
// @ts-ignore: decorator
@inline function less_rounder(sum: v128): v128 {
  return f32x4.sub(sum, f32x4.splat(ROUNDER));
}

/** Those sums times the scales, the activations' at s, onto the sum of the blocks before. */
// @ts-ignore: decorator
@inline export function scaled(sum: v128, s: usize, scale: v128, y: v128): v128 {
  return madd(sum, f32x4.mul(v128.load32_splat(s), scale), y);
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

/**
 * Stores a quad of inputs at its place `to`: low has the bytes of outputs 0..3 for it, output i's in lane i, high those of outputs 4..7.
 * W says whether they have a sign: v = w[n] + 256 w[n+4] borrows from its high byte where w[n] is negative.
 */
// @ts-ignore: decorator
@inline export function store_quad<W, X>(to: usize, low: v128, high: v128): void {
  if (!pairs<X>()) {
    v128.store(to, low);
    v128.store(to, high, 16);
  } else {
    const a = v128.shuffle<i16>(low, low, 0, 2, 4, 6, 1, 3, 5, 7), b = v128.shuffle<i16>(high, high, 0, 2, 4, 6, 1, 3, 5, 7);
    v128.store(to, i16x8.add(isSigned<W>() ? i16x8.extend_low_i8x16_s(a) : i16x8.extend_low_i8x16_u(a), i16x8.shl(i16x8.extend_low_i8x16_u(b), 8)));
    v128.store(to, i16x8.add(isSigned<W>() ? i16x8.extend_high_i8x16_s(a) : i16x8.extend_high_i8x16_u(a), i16x8.shl(i16x8.extend_high_i8x16_u(b), 8)), 16);
  }
}

/** Output n's bytes of the quad at p, as the first four i16, with sign where W has it. */
// @ts-ignore: decorator
@inline export function load_quad<W, X>(p: usize, n: usize): v128 {
  if (!pairs<X>()) {
    const quad = v128.load32_zero(p + (n << 2));
    return isSigned<W>() ? i16x8.extend_low_i8x16_s(quad) : i16x8.extend_low_i8x16_u(quad);
  }
  const pair = p + ((n & 3) << 2), v = v128.load_lane<i32>(pair + 16, v128.load32_zero(pair), 1);
  const low = isSigned<W>() ? i16x8.shr_s(i16x8.shl(v, 8), 8) : v128.and(v, i16x8.splat(255));
  return n < 4 ? low : i16x8.shr_s(i16x8.sub(v, low), 8);
}
