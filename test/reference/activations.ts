export const relu = (x: number): number => Math.max(x, 0);

/** x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))), f64. */
export function geluTanh(x: number): number {
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** x Φ(x), f64. */
export function geluErf(x: number): number {
  return x * normalBelow(x);
}

/** x / (1 + exp(-x)), f64. */
export function silu(x: number): number {
  return x / (1 + Math.exp(-x));
}

/** Φ(x) = 1/2 + φ(x) (x + x³/3 + x⁵/15 + …) (Marsaglia 2004, "Evaluating the Normal Distribution"); far out the continued fraction of Mills' ratio. */
function normalBelow(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) > 5) {
    let fraction = Math.abs(x);
    for (let k = 100; k >= 1; k--) fraction = Math.abs(x) + k / fraction;
    return x < 0 ? density / fraction : 1 - density / fraction;
  }
  let sum = 0;
  let term = x;
  for (let k = 3; Math.abs(term) > 1e-20; k += 2) {
    sum += term;
    term *= (x * x) / k;
  }
  return 0.5 + density * sum;
}
