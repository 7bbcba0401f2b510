import { hmax } from "./lanes";

/**
 * The index of the largest of x; the first one where several are equal; NaN never wins (0 where nothing else is there).
 *
 * x [n] f32, n ≥ 1. Each lane keeps the best of its quarter and where that was; then the lanes are compared. Exact.
 */
export function argmax(x: usize, n: i32): i32 {
  const whole = n & ~3;
  let best = f32x4.splat(-Infinity), where = i32x4.splat(0), here = i32x4(0, 1, 2, 3);
  for (let i = 0; i < whole; i += 4) {
    const v = v128.load(x + (<usize>i << 2)), wins = f32x4.gt(v, best);
    best = v128.bitselect(v, best, wins);
    where = v128.bitselect(here, where, wins);
    here = i32x4.add(here, i32x4.splat(4));
  }

  let value = hmax(best);
  where = v128.bitselect(where, i32x4.splat(i32.MAX_VALUE), f32x4.eq(best, f32x4.splat(value)));
  let index = min(min(i32x4.extract_lane(where, 0), i32x4.extract_lane(where, 1)), min(i32x4.extract_lane(where, 2), i32x4.extract_lane(where, 3)));
  for (let i = whole; i < n; i++) {
    const v = load<f32>(x + (<usize>i << 2));
    if (v > value) {
      value = v;
      index = i;
    }
  }
  return index;
}
