import { product } from "./product";

/**
 * out[t,n] = Σ_k x[t,k] W[n,k] + bias[n], without the bias where its pointer is 0.
 *
 * out [T, N] · x [T, K] · W [N, K] in panels [ceil(N/8)][K][8] · bias [N] · all f32. Owns panels begin..end: outputs 8 begin .. 8 end.
 * Each output is the bias, then k in order: the same bits for one row or many and for any range.
 * Error ≤ K eps Σ_k |x[t,k] W[n,k]| + eps |bias[n]| (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, eq. 3.5).
 */
export function matmul_f32(
  out: usize, x: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  const outRow = <usize>N << 2, xRow = <usize>K << 2;
  start(out, bias, T, N, begin, end);
  product<f32>(out, outRow, x, xRow, w, xRow << 3, T, N, K, 1, begin, end);
}

/** Each output's sum starts as its bias, or 0. */
export function start(out: usize, bias: usize, T: i32, N: i32, begin: i32, end: i32): void {
  const from = <usize>begin << 5, bytes = (<usize>min(end << 3, N) << 2) - from;
  for (let t = 0; t < T; t++) {
    const outT = out + (<usize>t * <usize>N << 2) + from;
    if (bias) memory.copy(outT, bias + from, bytes);
    else memory.fill(outT, 0, bytes);
  }
}
