import { exp } from "./exp";
import { hmax, hsum, load_part, part_mask } from "./lanes";

/** Bytes of a block: 64 scores. */
const BLOCK: usize = 256;

/**
 * The largest score of each block of 64, the last one ragged: out[b] = max x[64 b .. 64 b + 63]
 *
 * out [⌈n / 64⌉], x [n] f32 · exact; a NaN makes its block NaN.
 */
export function block_max(out: usize, x: usize, n: i32): void {
  const end = x + (<usize>n << 2);
  for (; x < end; x += BLOCK, out += 4) {
    const left = min(BLOCK, end - x) & 12, whole = min(x + BLOCK, end - left);
    let most = v128.bitselect(load_part(whole, left), f32x4.splat(-Infinity), part_mask(left));
    let odd = f32x4.ne(most, most); // f32x4.pmax is one instruction and passes NaNs over, f32x4.max is seven
    for (let p = x; p < whole; p += 16) {
      const some = v128.load(p);
      odd = v128.or(odd, f32x4.ne(some, some));
      most = f32x4.pmax(most, some);
    }
    store<f32>(out, v128.any_true(odd) ? NaN : hmax(most));
  }
}

/**
 * The weight of each block of 64 scores, the last one ragged: out[b] = Σ_i exp((x[i] - max) · scale), i in 64 b .. 64 b + 63
 *
 * out [⌈n / 64⌉], x [n] f32, none above max · 0 < scale < infinity. Relative error ≤ (2 |x - max| scale + 24) eps; below exp(-88) a score
 * counts 0. A NaN makes its block NaN.
 */
export function block_sum_exp(out: usize, x: usize, n: i32, max: f32, scale: f32): void {
  block_sums(out, 0, x, n, max, scale, false);
}

/**
 * The same weights, and with them the weighted scores of each block of 64, for their mean: moments[b] = Σ_i y exp(y), y = (x[i] - max) · scale
 *
 * As block_sum_exp, and the same bits in `sums`. Relative error of the moments ≤ (2 |y| + 26) eps; where exp(y) is 0 so is the product, also
 * at -infinity.
 */
export function block_moments(sums: usize, moments: usize, x: usize, n: i32, max: f32, scale: f32): void {
  block_sums(sums, moments, x, n, max, scale, true);
}

// @ts-ignore: decorator
@inline function block_sums(sums: usize, moments: usize, x: usize, n: i32, max: f32, scale: f32, both: bool): void {
  const end = x + (<usize>n << 2), best = f32x4.splat(max), sharp = f32x4.splat(scale);
  for (; x < end; x += BLOCK, sums += 4, moments += 4) {
    const left = min(BLOCK, end - x) & 12, whole = min(x + BLOCK, end - left), mask = part_mask(left);
    let y = f32x4.mul(f32x4.sub(load_part(whole, left), best), sharp), weight = exp(y);
    let sum = v128.and(weight, mask), moment = v128.and(weighted(y, weight), mask);
    for (let p = x; p < whole; p += 16) {
      y = f32x4.mul(f32x4.sub(v128.load(p), best), sharp);
      weight = exp(y);
      sum = f32x4.add(sum, weight);
      if (both) moment = f32x4.add(moment, weighted(y, weight));
    }
    store<f32>(sums, hsum(sum));
    if (both) store<f32>(moments, hsum(moment));
  }
}

/** y weight, where a y without weight may be -infinity. */
// @ts-ignore: decorator
@inline function weighted(y: v128, weight: v128): v128 {
  return f32x4.mul(f32x4.pmax(f32x4.splat(-1000), y), weight);
}
