import { softmaxOf, topIds } from "./distribution";

/** What an intervention does to the scores of the next token. */
export interface Effect {
  /** Kullback–Leibler divergence of the changed distribution from the plain one, Σ p ln(p/q), in nats. */
  kl: number;
  /** The best tokens of either run, the plain run's best first; log-probabilities in nats. */
  top: { id: number; text: string; before: number; after: number }[];
}

const TOP = 10;

/** Compares the logits of a plain run with those of a changed one, both [vocabSize]. */
export function effectOf(before: Float32Array, after: Float32Array, textOf: (id: number) => string): Effect {
  const p = logProbabilities(before);
  const q = logProbabilities(after);
  const kl = p.reduce((sum, logp, id) => sum + Math.exp(logp) * (logp - (q[id] ?? 0)), 0);
  const ids = [...new Set([...topIds(p, TOP), ...topIds(q, TOP)])].sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0) || a - b);
  const top = ids.map((id) => ({ id, text: textOf(id), before: p[id] ?? 0, after: q[id] ?? 0 }));
  return { kl: Math.max(0, kl), top };
}

/** Log-softmax in f64. */
function logProbabilities(logits: Float32Array): Float64Array {
  const { logSum } = softmaxOf(logits);
  return Float64Array.from(logits, (x) => x - logSum);
}
