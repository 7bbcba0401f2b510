/** √Σx² */
export function norm(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}

/** How alike two directions are, −1 to 1; 0 where one of them has no length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += (a[i] ?? 0) * (b[i] ?? 0);
  const lengths = norm(a) * norm(b);
  return lengths === 0 ? 0 : dot / lengths;
}

/** Probabilities of these logits, divided by a temperature above 0. */
export function softmax(logits: ArrayLike<number>, temperature = 1): Float64Array {
  const values = Float64Array.from(logits, (x) => x / temperature);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

/** −Σ p·log₂ p: how unsure a choice with these probabilities is, in bits. */
export function entropy(probabilities: ArrayLike<number>): number {
  return Array.from(probabilities).reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
}

/** The places of the `count` largest values, largest first. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  const places = Array.from({ length: values.length }, (_, i) => i);
  return places.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0)).slice(0, count);
}

/** Row `index` of rows that lie one after another, each `width` wide. */
export function row(data: Float32Array, index: number, width: number): Float32Array {
  return data.subarray(index * width, (index + 1) * width);
}

/** What a norm looks at in one row. */
export interface Moments {
  mean: number;
  /** Mean squared distance from the mean. */
  variance: number;
  /** Root of the mean square. */
  rms: number;
}

/** Mean, variance and root mean square; numbers whose squares would overflow are fine. */
export function moments(values: ArrayLike<number>): Moments {
  const all = Float64Array.from(values);
  const average = (of: (x: number) => number) => all.reduce((sum, x) => sum + of(x), 0) / all.length;
  const mean = average((x) => x);
  return { mean, variance: average((x) => (x - mean) ** 2), rms: Math.sqrt(average((x) => x * x)) };
}
