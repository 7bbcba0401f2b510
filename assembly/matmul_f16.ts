import { F16_LIFT } from "./lanes";
import { start } from "./matmul_f32";
import { product } from "./product";

/**
 * out[t,n] = Σ_k x[t,k] W[n,k] + bias[n], without the bias where its pointer is 0; W in f16, all else in f32.
 *
 * out [T, N] · x [T, K] · w [N, K] from pack_f16 · bias [N]. Owns panels begin..end: outputs 8 begin .. 8 end.
 * Each output is the bias, then k in order: the same bits for one row or many and for any range, and matmul_f32's bits for the same weights.
 * Error ≤ K eps Σ_k |x[t,k] W[n,k]| + eps |bias[n]|.
 */
export function matmul_f16(
  out: usize, x: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  const outRow = <usize>N << 2, xRow = <usize>K << 2;
  start(out, bias, T, N, begin, end);
  if (bias) scale(out, 1 / F16_LIFT, T, N, begin, end);
  product<u16>(out, outRow, x, xRow, w, xRow << 2, T, N, K, F16_LIFT, begin, end);
  scale(out, F16_LIFT, T, N, begin, end);
}

/** Panels begin..end of out [T, N] times a factor. */
function scale(out: usize, factor: f32, T: i32, N: i32, begin: i32, end: i32): void {
  const first = begin << 3, last = min(end << 3, N), whole = last & ~3, factors = f32x4.splat(factor);
  for (let t = 0; t < T; t++) {
    const outT = out + (<usize>t * <usize>N << 2);
    for (let n = first; n < whole; n += 4) {
      const p = outT + (<usize>n << 2);
      v128.store(p, f32x4.mul(v128.load(p), factors));
    }
    for (let n = max(first, whole); n < last; n++) {
      const p = outT + (<usize>n << 2);
      store<f32>(p, load<f32>(p) * factor);
    }
  }
}
