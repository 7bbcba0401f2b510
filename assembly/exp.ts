import { madd, ROUNDER } from "./lanes";

const LOG2_E: f32 = 1.44269504;

/**
 * e^x on four lanes: x log2 e = n + f with |f| ≤ 1/2, e^x = 2^n 2^f, and 2^f by the polynomial of degree 6 through 1 at 0 with the least
 * relative error (2.0e-9, by Remez).
 *
 * Relative error ≤ (2 + 1.5 |x|) eps, from the rounding of x log2 e; 0 below -88, infinity above 88.38; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline export function exp(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-88)), f32x4.splat(89));
  const shifted = madd(x, f32x4.splat(LOG2_E), f32x4.splat(ROUNDER));
  const f = madd(x, f32x4.splat(LOG2_E), f32x4.sub(f32x4.splat(ROUNDER), shifted));

  let power = madd(f, f32x4.splat(0.0001535325796), f32x4.splat(0.001339900343));
  power = madd(power, f, f32x4.splat(0.009618438601));
  power = madd(power, f, f32x4.splat(0.05550332163));
  power = madd(power, f, f32x4.splat(0.240226479));
  power = madd(power, f, f32x4.splat(0.693147203));
  power = madd(power, f, f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23); // 2^n
  return f32x4.mul(power, scale);
}
