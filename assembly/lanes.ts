/** a * b + c; one rounding where the relaxed instruction fuses (every machine with FMA), two in the plain binary. */
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** [a, b, c, d] => (a + c) + (b + d) */
// @ts-ignore: decorator
@inline export function hsum(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** [a, b, c, d] => the largest; where a lane is NaN, unspecified. */
// @ts-ignore: decorator
@inline export function hmax(v: v128): f32 {
  const pairs = f32x4.pmax(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/**
 * 1.5 * 2^23: a whole number up to 2^22 added to its bits gives the f32 that is larger by it; an f32 up to 2^22 added to it gives its bits
 * plus the nearest whole number, ties to even.
 */
export const ROUNDER: f32 = 12582912;

/** The address of row t. */
// @ts-ignore: decorator
@inline export function at(base: usize, t: i32, rowBytes: usize): usize {
  return base + <usize>t * rowBytes;
}

/** Rounded up to whole panels. */
export function roundup8(n: i32): i32 {
  return (n + 7) & ~7;
}

/** Four f16 as f32, exact for finite values: the 15 low bits shifted by 13 are an f32 that is 2^112 too small. */
// @ts-ignore: decorator
@inline export function halves(bits: v128): v128 {
  const small = v128.and(i32x4.shl(bits, 13), i32x4.splat(0x8fffe000));
  return f32x4.mul(small, f32x4.splat(reinterpret<f32>(0x77800000)));
}

/**
 * The elements E of a product: f32, or u16, the bits of eight f16 as 0 4 1 5 2 6 3 7, so that one load gives both fours:
 *
 *   high half   s eeeee mmmmmmmmmm ....          => shift by 3, keep s and e m   => s 000eeeee mmmmmmmmmm000…, 2^112 too small
 *   low half    .... s eeeee mmmmmmmmmm          => shift up by 16, and the same
 *
 * The missing 2^112 goes onto a factor of each product where that stays finite; else F16_LIFT, half of it, onto that and half onto the
 * sums. A power of two changes no bits.
 */
// @ts-ignore: decorator
@inline export function lower<E>(p: usize, mask: v128): v128 {
  return isFloat<E>() ? v128.load(p) : v128.and(i32x4.shr_s(i32x4.shl(v128.load(p), 16), 3), mask);
}

// @ts-ignore: decorator
@inline export function upper<E>(p: usize, mask: v128): v128 {
  return isFloat<E>() ? v128.load(p, 16) : v128.and(i32x4.shr_s(v128.load(p), 3), mask);
}

// @ts-ignore: decorator
@inline export function lifted<E>(v: v128, by: v128): v128 {
  return isFloat<E>() ? v : f32x4.mul(v, by);
}

/** Where the i-th of eight f16 is, in bytes. */
// @ts-ignore: decorator
@inline export function f16_at(i: i32): usize {
  return <usize>((i & 3) << 2 | (i >> 2) << 1);
}

/** The mask of lower and upper, by way of `held`. */
// @ts-ignore: decorator
@inline export const F16_MASK: i32 = 0x8fffe000;

/** 2^56. */
// @ts-ignore: decorator
@inline export const F16_LIFT: f32 = reinterpret<f32>(0x5b800000);

/**
 * Four times these bits, in a register. V8 makes a constant vector anew, by three instructions, wherever it is used; n, a size, has no sign
 * and changes nothing, but the compiler can't know. (f16 products: decode 21 → 25 GB/s.)
 */
// @ts-ignore: decorator
@inline export function held(bits: i32, n: i32): v128 {
  return i32x4.splat(bits ^ (n >>> 31));
}

/** Stores eight f32. */
// @ts-ignore: decorator
@inline export function store8(p: usize, low: v128, high: v128): void {
  v128.store(p, low);
  v128.store(p, high, 16);
}

/** The ragged end of a row: the 0 to 3 floats at p, as `bytes` = 0, 4, 8 or 12; the lanes after them are 0. */
export function load_part(p: usize, bytes: usize): v128 {
  if (bytes == 12) return v128.load_lane<f32>(p + 8, v128.load64_zero(p), 2);
  if (bytes == 8) return v128.load64_zero(p);
  return bytes == 4 ? v128.load32_zero(p) : f32x4.splat(0);
}

/** Stores the first 0 to 3 lanes of v, as `bytes` = 0, 4, 8 or 12. */
// @ts-ignore: decorator
@inline export function store_part(p: usize, v: v128, bytes: usize): void {
  if (bytes >= 8) {
    v128.store_lane<f64>(p, v, 0);
    if (bytes == 12) v128.store_lane<f32>(p, v, 2, 8);
  } else if (bytes == 4) {
    v128.store_lane<f32>(p, v, 0);
  }
}

/** All bits set in the lanes that load_part reads: and() makes the others 0. */
export function part_mask(bytes: usize): v128 {
  return i32x4.gt_s(i32x4.splat(<i32>bytes), i32x4(0, 4, 8, 12));
}
