/** out[t,n] = Σ_k x[t,k] W[n,k] + bias[n], and the sum of the magnitudes, which error bounds need; f64. */
export function matmul(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  bias: ArrayLike<number> | null,
  T: number,
  N: number,
  K: number,
): { out: Float64Array; magnitude: Float64Array } {
  const out = new Float64Array(T * N);
  const magnitude = new Float64Array(T * N);
  for (let t = 0; t < T; t++) {
    for (let n = 0; n < N; n++) {
      let sum = bias ? (bias[n] as number) : 0;
      let size = Math.abs(sum);
      for (let k = 0; k < K; k++) {
        const term = (x[t * K + k] as number) * (w[n * K + k] as number);
        sum += term;
        size += Math.abs(term);
      }
      out[t * N + n] = sum;
      magnitude[t * N + n] = size;
    }
  }
  return { out, magnitude };
}
