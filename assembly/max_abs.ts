/** max |x| of x [n] f32, any alignment; NaN where x has one. */
export function max_abs(x: usize, n: i32): f32 {
  const whole = n & ~3;
  let most = f32x4.splat(0);
  for (let i = 0; i < whole; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(x + (<usize>i << 2))));
  most = f32x4.max(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  let largest = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1));
  for (let i = whole; i < n; i++) largest = max(largest, abs(load<f32>(x + (<usize>i << 2))));
  return largest;
}
