import { madd } from "./lanes";

/**
 * e^x on four lanes: x = n ln 2 + r with |r| ≤ ln 2 / 2, e^x = 2^n (1 + r + r² q(r)), ln 2 in two parts (Cody and Waite, "Software
 * Manual for the Elementary Functions", 1980, ch. 6). q is the minimax polynomial of degree 4, off by 3.1e-9 of e^r.
 *
 * Relative error ≤ 1.5e-7 for -87.3 ≤ x ≤ 88.3; 0 below -88, infinity above 88.38; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline export function exp(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-88)), f32x4.splat(89));
  // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits.
  const shifted = madd(x, f32x4.splat(1.44269504), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = madd(n, f32x4.splat(-0.693359375), x);
  r = madd(n, f32x4.splat(2.12194440e-4), r);

  let q = madd(r, f32x4.splat(0.001381446689), f32x4.splat(0.008368780415));
  q = madd(q, r, f32x4.splat(0.04166839421));
  q = madd(q, r, f32x4.splat(0.1666652011));
  q = madd(q, r, f32x4.splat(0.4999999341));
  const power = f32x4.add(madd(f32x4.mul(r, r), q, r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23); // 2^n
  return f32x4.mul(power, scale);
}
