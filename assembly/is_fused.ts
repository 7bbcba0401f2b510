import { madd } from "./lanes";

/**
 * 1 where `madd` rounds once, 0 where it rounds the product too: the plain binary, machines without FMA. x is 1 + 2^-12, given so that no
 * compiler folds it: x² − (1 + 2^-11) is then 2^-24 or 0.
 */
export function is_fused(x: f32): i32 {
  const all = f32x4.splat(x);
  return f32x4.extract_lane(madd(all, all, f32x4.splat(-1.00048828125)), 0) != 0 ? 1 : 0;
}
