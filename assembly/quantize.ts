import { larger, load_left, ROUNDER, x_block } from "./quant_lanes";

/**
 * Activations as integers with one f32 scale per 32 inputs, for the integer products:
 *
 *   scale = max |x[t,k]| / L        q[t,k] = x[t,k] * (L / max |x[t,k]|), to nearest, ties to even
 *
 * where L is 127 for int8 and 2047 for i16, the most that the i16 product holds (quant_lanes.ts): it costs no more, and takes most of the
 * error away. |x - scale q| ≤ scale (1/2 + 2^-22 L); a block under 1e-36 is 0, NaN makes its block NaN. Weights stored as q + zero make a
 * block's sum too large by zero Σ q, which the sum starts from: sums of int8 from ROUNDER's bits less that, those of i16 from 0 less that.
 *
 * x [T, K] f32 · xq [T, Kp] int8 (i16 in the plain binary), Kp = K rounded up to 32, the inputs past K are 0 ·
 * xs [T, Kp/32] of { f32 scale, i32 start }. Owns rows begin..end.
 */
export function quantize(xq: usize, xs: usize, x: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) rows<i8>(xq, xs, x, K, zero, begin, end);
  else rows<i16>(xq, xs, x, K, zero, begin, end);
}

/** The same to i16 in either binary, for matmul_q8_0_i16. */
export function quantize_i16(xq: usize, xs: usize, x: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  rows<i16>(xq, xs, x, K, zero, begin, end);
}

function rows<X>(xq: usize, xs: usize, x: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  const blocks = (K + 31) >> 5, whole = K >> 5, left = K & 31;
  for (let t = begin; t < end; t++) {
    let qt = xq + <usize>(t * blocks) * x_block<X>(), st = xs + (<usize>(t * blocks) << 3), xt = x + (<usize>t * <usize>K << 2);
    for (let b = 0; b < whole; b++, qt += x_block<X>(), st += 8, xt += 128) quantize_block<X>(qt, st, xt, 32, true, zero);
    if (left) quantize_block<X>(qt, st, xt, left, false, zero);
  }
}

/** 32 inputs, `left` of them in the row; whole says that it has them all. */
// @ts-ignore: decorator
@inline function quantize_block<X>(xq: usize, xs: usize, x: usize, left: i32, whole: bool, zero: i32): void {
  let most = f32x4.splat(0);
  for (let k = 0; k < 32; k += 4) most = larger(most, inputs(x, k, left, whole));
  most = larger(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  const largest = f32x4.extract_lane(larger(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2)), 0);
  const inverse = f32x4.splat(largest > 1e-36 ? most_steps<X>() / largest : 0);

  let sum = i32x4.splat(0);
  for (let k = 0; k < 32; k += 16) {
    const a = steps(inputs(x, k, left, whole), inverse), b = steps(inputs(x, k + 4, left, whole), inverse);
    const c = steps(inputs(x, k + 8, left, whole), inverse), d = steps(inputs(x, k + 12, left, whole), inverse);
    sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
    const low = i16x8.narrow_i32x4_s(a, b), high = i16x8.narrow_i32x4_s(c, d);
    if (sizeof<X>() == 1) {
      v128.store(xq + k, i8x16.narrow_i16x8_s(low, high));
    } else {
      v128.store(xq + (k << 1), low);
      v128.store(xq + (k << 1), high, 16);
    }
  }
  const pairs = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  store<f32>(xs, largest / most_steps<X>());
  const start = sizeof<X>() == 1 ? reinterpret<i32>(ROUNDER) : 0;
  store<i32>(xs, start - zero * (i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1)), 4);
}

/** L: 32 * 127 * 2047 * 257 < 2^31. */
// @ts-ignore: decorator
@inline function most_steps<X>(): f32 {
  return sizeof<X>() == 1 ? 127 : 2047;
}

/** Four inputs from k on; those from `left` on are 0. */
// @ts-ignore: decorator
@inline function inputs(x: usize, k: i32, left: i32, whole: bool): v128 {
  const p = x + (<usize>k << 2);
  return whole ? v128.load(p) : load_left(p, left - k);
}

/** x in steps of the block's scale: 1.5 * 2^23 makes the f32 beside it whole numbers, ties to even. */
// @ts-ignore: decorator
@inline function steps(x: v128, inverse: v128): v128 {
  const rounder = f32x4.splat(ROUNDER);
  return i32x4.sub(f32x4.add(f32x4.mul(x, inverse), rounder), rounder);
}
