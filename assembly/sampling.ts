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
  block_sums(out, x, n, max, scale, false);
}

/**
 * The weighted scores of each block of 64, for their mean: out[b] = Σ_i y exp(y), y = (x[i] - max) · scale, i in 64 b .. 64 b + 63
 *
 * As block_sum_exp. Relative error ≤ (2 |y| + 26) eps; where exp(y) is 0 so is the product, also at -infinity.
 */
export function block_sum_y_exp(out: usize, x: usize, n: i32, max: f32, scale: f32): void {
  block_sums(out, x, n, max, scale, true);
}

// @ts-ignore: decorator
@inline function block_sums(out: usize, x: usize, n: i32, max: f32, scale: f32, moment: bool): void {
  const end = x + (<usize>n << 2), best = f32x4.splat(max), sharp = f32x4.splat(scale);
  for (; x < end; x += BLOCK, out += 4) {
    const left = min(BLOCK, end - x) & 12, whole = min(x + BLOCK, end - left);
    let sum = v128.and(term(f32x4.mul(f32x4.sub(load_part(whole, left), best), sharp), moment), part_mask(left));
    for (let p = x; p < whole; p += 16) sum = f32x4.add(sum, term(f32x4.mul(f32x4.sub(v128.load(p), best), sharp), moment));
    store<f32>(out, hsum(sum));
  }
}

// @ts-ignore: decorator
@inline function term(y: v128, moment: bool): v128 {
  return moment ? f32x4.mul(f32x4.pmax(f32x4.splat(-1000), y), exp(y)) : exp(y);
}
