/** (x - mean) / sd with sd = √(var + eps), of one row, f64. */
export function layerNorm(x: ArrayLike<number>, eps: number): { out: number[]; sd: number } {
  const values = Array.from(x);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  const sd = Math.sqrt(variance + eps);
  return { out: values.map((v) => (v - mean) / sd), sd };
}

/** x / sd with sd = √(mean(x²) + eps), of one row, f64. */
export function rmsNorm(x: ArrayLike<number>, eps: number): { out: number[]; sd: number } {
  const values = Array.from(x);
  const sd = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length + eps);
  return { out: values.map((v) => v / sd), sd };
}
