import { ROUNDER } from "./lanes";
import { larger, load_left, pairs, two_bytes, x_block } from "./quant_lanes";
import { room } from "./room";

/**
 * Activations as integers with one f32 scale per 32 inputs, for the integer products:
 *
 *   scale = max |x[t,k]| / L        q[t,k] = x[t,k] * (L / max |x[t,k]|), to nearest, ties to even
 *
 * where L is 127 for int8, 2047 for i16, the most that the i16 product holds (quant_lanes.ts), and 32512 for two bytes: a block's 32 high
 * ones, then its low ones, both int8. |x - scale q| ≤ scale (1/2 + 2^-22 L); a block under 1e-36 is 0, NaN makes its block NaN.
 *
 * Weights stored as q + zero make a block's sum too large by zero Σ q, which the sum starts from: sums of int8 from ROUNDER's bits less
 * that, those of i16 from 0 less that.
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

/** The same to two bytes each where the relaxed dot is used, for matmul_q8_0_fine. */
export function quantize_fine(xq: usize, xs: usize, x: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) rows<u16>(xq, xs, x, K, zero, begin, end);
  else rows<i16>(xq, xs, x, K, zero, begin, end);
}

function rows<X>(xq: usize, xs: usize, x: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  const blocks = (K + 31) >> 5;
  for (let t = begin; t < end; t++) {
    let qt = xq + <usize>(t * blocks) * x_block<X>(), st = xs + (<usize>(t * blocks) << 3), xt = x + (<usize>t * <usize>K << 2);
    for (let left = K; left > 0; left -= 32, qt += x_block<X>(), st += 8, xt += 128) {
      quantize_block<X>(qt, st, left < 32 ? filled(xt, left) : xt, zero);
    }
  }
}

/** A row's last inputs and zeros after them, in the thread's room. */
function filled(x: usize, left: i32): usize {
  for (let k = 0; k < 32; k += 4) v128.store(room + (<usize>k << 2), load_left(x + (<usize>k << 2), left - k));
  return room;
}

// @ts-ignore: decorator
@inline function quantize_block<X>(xq: usize, xs: usize, x: usize, zero: i32): void {
  let most = f32x4.splat(0);
  for (let k = 0; k < 32; k += 4) most = larger(most, v128.load(x + (<usize>k << 2)));
  most = larger(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  const largest = f32x4.extract_lane(larger(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2)), 0);
  const inverse = f32x4.splat(largest > 1e-36 ? most_steps<X>() / largest : 0);

  let sum = i32x4.splat(0);
  for (let k = 0; k < 32; k += 16) {
    const a = steps(v128.load(x + (<usize>k << 2)), inverse), b = steps(v128.load(x + (<usize>k << 2), 16), inverse);
    const c = steps(v128.load(x + (<usize>k << 2), 32), inverse), d = steps(v128.load(x + (<usize>k << 2), 48), inverse);
    sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
    const low = i16x8.narrow_i32x4_s(a, b), high = i16x8.narrow_i32x4_s(c, d);
    if (two_bytes<X>()) {
      v128.store(xq + k, i8x16.narrow_i16x8_s(high_byte(low), high_byte(high)));
      v128.store(xq + k, i8x16.narrow_i16x8_s(low_byte(low), low_byte(high)), 32);
    } else if (sizeof<X>() == 1) {
      v128.store(xq + k, i8x16.narrow_i16x8_s(low, high));
    } else {
      v128.store(xq + (k << 1), low);
      v128.store(xq + (k << 1), high, 16);
    }
  }
  const halves = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  store<f32>(xs, largest / most_steps<X>());
  const start = sizeof<X>() == 1 ? reinterpret<i32>(ROUNDER) : 0;
  store<i32>(xs, start - zero * (i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1)), 4);
}

/** L: 32 * 127 * 2047 * 257 < 2^31; 32512 is 256 * 127. */
// @ts-ignore: decorator
@inline function most_steps<X>(): f32 {
  if (sizeof<X>() == 1) return 127;
  return pairs<X>() ? 2047 : 32512;
}

/** The int8 h and l of v = 256 h + l. */
// @ts-ignore: decorator
@inline function high_byte(v: v128): v128 {
  return i16x8.shr_s(i16x8.add(v, i16x8.splat(128)), 8);
}
// @ts-ignore: decorator
@inline function low_byte(v: v128): v128 {
  return i16x8.shr_s(i16x8.shl(v, 8), 8);
}

/** x in steps of the block's scale, ties to even. */
// @ts-ignore: decorator
@inline function steps(x: v128, inverse: v128): v128 {
  const rounder = f32x4.splat(ROUNDER);
  return i32x4.sub(f32x4.add(f32x4.mul(x, inverse), rounder), rounder);
}
