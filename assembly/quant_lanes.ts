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
 * The integer products take activations a word of 4 bytes at a time, as X says, and the weights of 8 outputs with it:
 *
 *   X = i8    a quad, 4 inputs     weights [8 outputs][4 k] int8      the relaxed dot
 *   X = i16   a pair, 2 inputs     weights [8 outputs][2 k] int8      widened to i16, a dot that is exact everywhere, and an add
 *
 * and two words a step, as W says: i8 is q8_0, whose words follow one another; u8 is q4_0, whose two words are 16 inputs apart and have
 * their weights in the low and the high halves of the same bytes. (Pairs rather than quads for i16: 69 GOP/s against 52.)
 *
 * S is what holds a block's sums: i32, or with nibbles and quads i16, two lanes an output: 32 * 127 * 15 / 2 < 2^15. That is one
 * instruction less where the relaxed dot to i32 is made of two (x86 before AVX-VNNI: 107 GOP/s against 69), and more where it is one.
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

/** Bytes of the weights that four outputs have for a word. */
// @ts-ignore: decorator
@inline export function half_panel<X>(): usize {
  return 16 / sizeof<X>();
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

/** The weights of four outputs for a step's first word. */
// @ts-ignore: decorator
@inline export function first<W, X>(p: usize, nibble: v128): v128 {
  if (isSigned<W>()) return sizeof<X>() == 1 ? v128.load(p) : v128.load8x8_s(p);
  else return v128.and(sizeof<X>() == 1 ? v128.load(p) : v128.load8x8_u(p), nibble);
}

/** And for its second. */
// @ts-ignore: decorator
@inline export function second<W, X>(p: usize, nibble: v128): v128 {
  if (isSigned<W>()) return sizeof<X>() == 1 ? v128.load(p, 32) : v128.load8x8_s(p, 16);
  else return sizeof<X>() == 1 ? v128.and(i16x8.shr_u(v128.load(p), 4), nibble) : i16x8.shr_u(v128.load8x8_u(p), 4);
}

/** What keeps the low half of a byte, in lanes of X. */
// @ts-ignore: decorator
@inline export function nibble_mask<X>(): v128 {
  return sizeof<X>() == 1 ? i8x16.splat(15) : i16x8.splat(15);
}

/** A block's sums before its first word: the correction at s, or 0 where it can't be held. */
// @ts-ignore: decorator
@inline export function block_start<S>(s: usize): v128 {
  return sizeof<S>() == 4 ? v128.load32_splat(s, 4) : i16x8.splat(0);
}

/** sum[i] += the products of a word of activations and output i's weights. */
// @ts-ignore: decorator
@inline export function dot<X, S>(x: v128, w: v128, sum: v128): v128 {
  if (sizeof<S>() == 2) return i16x8.add(sum, i16x8.relaxed_dot_i8x16_i7x16_s(x, w));
  if (sizeof<X>() == 2) return i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(x, w, sum);
}

/** A block's sums times its scales, the activations' at s, onto the sum of the blocks before. */
// @ts-ignore: decorator
@inline export function block_end<S>(sum: v128, s: usize, scale: v128, y: v128): v128 {
  if (sizeof<S>() == 2) sum = i32x4.add(i32x4.extadd_pairwise_i16x8_s(sum), v128.load32_splat(s, 4));
  return madd(f32x4.convert_i32x4_s(sum), f32x4.mul(v128.load32_splat(s), scale), y);
}

/**
 * The scales of four outputs at p. q4_0 keeps f16. q8_0's are never negative and have their sign bit free for a sixth bit of the exponent:
 * 96 less than f32's, it makes every f16 a normal number (multiplying subnormals costs a fifth of
 * the speed on Zen 4, and far more elsewhere). 0 becomes 2^-31, and all its weights are 0.
 */
// @ts-ignore: decorator
@inline export function scales<W>(p: usize): v128 {
  return isSigned<W>() ? i32x4.add(i32x4.shl(v128.load_ext<u16>(p), 13), i32x4.splat(96 << 23)) : halves(v128.load_ext<i16>(p));
}

/** Stores a quad of inputs k..k+3 of outputs 0..3 (half 0) or 4..7 of a block, a byte each, as the products with X take it. */
// @ts-ignore: decorator
@inline export function store_quad<X>(block: usize, half: usize, k: i32, quad: v128): void {
  const to = block + (<usize>k << 3) + half * half_panel<X>();
  if (sizeof<X>() == 1) {
    v128.store(to, quad);
  } else {
    const pairs = v128.shuffle<i16>(quad, quad, 0, 2, 4, 6, 1, 3, 5, 7);
    v128.store_lane<i64>(to, pairs, 0);
    v128.store_lane<i64>(to, pairs, 1, 16);
  }
}

/** Output n's quad in the first four bytes. */
// @ts-ignore: decorator
@inline export function load_quad<X>(block: usize, n: usize, k: i32): v128 {
  const from = block + (<usize>k << 3) + n * (4 / sizeof<X>());
  if (sizeof<X>() == 1) return v128.load32_zero(from);
  return v128.load_lane<i16>(from, v128.load_lane<i16>(from, i16x8.splat(0), 0), 1, 16);
}
