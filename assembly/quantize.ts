import { hmax } from "./lanes";
import { load_left, x_block } from "./quant_lanes";

/**
 * Activations as integers with one f32 scale per 32 inputs, for the integer products:
 *
 *   scale = max |x[t,k]| / 127        q[t,k] = x[t,k] * (127 / max |x[t,k]|), to nearest, ties to even
 *
 * so |x - scale q| ≤ scale (1/2 + 2^-15). Weights stored as q + zero make a block's sum too large by zero Σ q: the correction undoes that.
 *
 * x [T, K] f32 · xq [T, Kp] int8 (i16 in the plain binary), Kp = K rounded up to 32, the inputs past K are 0 ·
 * xs [T, Kp/32] of { f32 scale, i32 correction = -zero Σ q }. Owns rows begin..end.
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
  const blocks = (K + 31) >> 5;
  for (let t = begin; t < end; t++) {
    const row = x + (<usize>t * <usize>K << 2);
    for (let b = 0; b < blocks; b++) {
      const i = <usize>(t * blocks + b);
      quantize_block<X>(xq + i * x_block<X>(), xs + (i << 3), row + (<usize>b << 7), K - (b << 5), zero);
    }
  }
}

/** 32 inputs, `left` of them in the row. */
function quantize_block<X>(xq: usize, xs: usize, x: usize, left: i32, zero: i32): void {
  let most = f32x4.splat(0);
  for (let k = 0; k < 32; k += 4) most = f32x4.max(most, f32x4.abs(load_left(x + (<usize>k << 2), left - k)));
  const largest = hmax(most), inverse = f32x4.splat(largest > 0 ? 127 / largest : 0);

  let sum = i32x4.splat(0);
  for (let k = 0; k < 32; k += 16) {
    const p = x + (<usize>k << 2);
    const a = steps(p, left - k, inverse), b = steps(p + 16, left - k - 4, inverse);
    const c = steps(p + 32, left - k - 8, inverse), d = steps(p + 48, left - k - 12, inverse);
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
  store<f32>(xs, largest / 127);
  store<i32>(xs, -zero * (i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1)), 4);
}

/** Four inputs, `left` of them in the row, in steps of the block's scale. */
// @ts-ignore: decorator
@inline function steps(x: usize, left: i32, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(load_left(x, left), inverse)));
}
