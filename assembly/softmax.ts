import { ln } from "./elementary";
import { exp } from "./exp";
import { at, hmax, hsum, load_part, part_mask, store_part } from "./lanes";

const NEVER: f32 = -Infinity;

/** The largest of x[0..n]; n ≥ 1. */
function largest(x: usize, n: i32): f32 {
  const row = <usize>n << 2, left = row & 12, whole = row - left;
  let best = v128.bitselect(load_part(x + whole, left), f32x4.splat(NEVER), part_mask(left));
  for (let i: usize = 0; i < whole; i += 16) best = f32x4.pmax(best, v128.load(x + i));
  return hmax(best);
}

/**
 * The probabilities of each row, by the largest so that no exponential overflows:
 *
 *   out[t,i] = exp(x[t,i] - max(x[t])) / Σ_j exp(x[t,j] - max(x[t]))
 *
 * out, x [T, n] f32 · out may be x · -infinity gives 0; each row needs a finite largest. Owns rows begin..end.
 * Relative error ≤ (|x - max| + n/256 + 72) eps.
 */
export function softmax(out: usize, x: usize, n: i32, begin: i32, end: i32): void {
  const row = <usize>n << 2, left = row & 12, whole = row - left;
  for (let t = begin; t < end; t++) {
    const xt = at(x, t, row), outT = at(out, t, row), most = f32x4.splat(largest(xt, n));

    const last = v128.and(exp(f32x4.sub(load_part(xt + whole, left), most)), part_mask(left));
    let sum = last;
    for (let i: usize = 0; i < whole; ) {
      let part = f32x4.splat(0); // sums of 256 first: the error grows with n/256 instead of n/4
      for (const stop = min(whole, i + 1024); i < stop; i += 16) {
        const e = exp(f32x4.sub(v128.load(xt + i), most));
        v128.store(outT + i, e);
        part = f32x4.add(part, e);
      }
      sum = f32x4.add(sum, part);
    }

    const share = f32x4.splat(1 / hsum(sum));
    for (let i: usize = 0; i < whole; i += 16) v128.store(outT + i, f32x4.mul(v128.load(outT + i), share));
    store_part(outT + whole, f32x4.mul(last, share), left);
  }
}

/**
 * log Σ_i exp(x[i]): what a logit must be less by to become a log-probability.
 *
 * x [n] f32, n ≥ 1, largest finite. Error ≤ eps |result| + (n/256 + 72) eps.
 */
export function log_sum_exp(x: usize, n: i32): f32 {
  const row = <usize>n << 2, left = row & 12, whole = row - left;
  const most = largest(x, n), shift = f32x4.splat(most);
  let sum = v128.and(exp(f32x4.sub(load_part(x + whole, left), shift)), part_mask(left));
  for (let i: usize = 0; i < whole; ) {
    let part = f32x4.splat(0);
    for (const stop = min(whole, i + 1024); i < stop; i += 16) {
      part = f32x4.add(part, exp(f32x4.sub(v128.load(x + i), shift)));
    }
    sum = f32x4.add(sum, part);
  }
  return <f32>(<f64>most + ln(<f64>hsum(sum)));
}
