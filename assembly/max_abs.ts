import { load_part } from "./lanes";
import { larger } from "./quant_lanes";

/** max |x| of x [n] f32, any alignment; NaN where x has one. By the bits: f32x4.max takes eight instructions on x86. */
export function max_abs(x: usize, n: i32): f32 {
  const whole = x + (<usize>(n & ~3) << 2);
  let most = i32x4.splat(0);
  for (; x < whole; x += 16) most = larger(most, v128.load(x));
  most = larger(most, load_part(x, <usize>(n & 3) << 2));
  most = i32x4.max_s(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
  return reinterpret<f32>(max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1)));
}
