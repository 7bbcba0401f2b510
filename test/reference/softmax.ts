/** exp(x - max) / Σ exp(x - max), f64. */
export function softmax(x: ArrayLike<number>): number[] {
  const values = Array.from(x);
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const e = values.map((v) => Math.exp(v - max));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}

/** ln Σ exp(x), f64. */
export function logSumExp(x: ArrayLike<number>): number {
  const values = Array.from(x);
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return max + Math.log(values.reduce((sum, v) => sum + Math.exp(v - max), 0));
}
