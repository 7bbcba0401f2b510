import type { TopToken } from "../protocol";

/** The next token as one position's logits see it. */
export interface Distribution {
  /** The most probable tokens; log-probabilities in nats. */
  top: TopToken[];
  /** −Σ p ln p, in nats: 0 for certainty, ln vocabSize for no idea. */
  entropy: number;
  /** The token that does follow, where one does: its log-probability in nats, and its rank, 1 for the best. */
  next?: { id: number; logprob: number; rank: number };
}

/** Describes one row of logits [vocabSize], in f64. */
export function describe(
  logits: Float32Array,
  count: number,
  textOf: (id: number) => string,
  next?: number,
): Distribution {
  const { logSum, entropy } = softmaxOf(logits);
  const logprob = (id: number) => (logits[id] ?? 0) - logSum;
  const top = topIds(logits, count).map((id) => ({ id, text: textOf(id), logprob: logprob(id) }));
  if (next === undefined) return { top, entropy };
  return { top, entropy, next: { id: next, logprob: logprob(next), rank: rankOf(logits, next) } };
}

/** ln Σ eˣ over a row of logits, which takes each to its log-probability, and the entropy; in f64, nats. */
export function softmaxOf(logits: Float32Array): { logSum: number; entropy: number } {
  const largest = logits.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  let sum = 0;
  let weighted = 0;
  for (const x of logits) {
    const weight = Math.exp(x - largest);
    sum += weight;
    if (weight > 0) weighted += weight * (x - largest);
  }
  return { logSum: largest + Math.log(sum), entropy: Math.max(0, Math.log(sum) - weighted / sum) };
}

/** The ids of the `count` largest values, largest first; of equal ones the lower id. */
export function topIds(values: ArrayLike<number>, count: number): number[] {
  const cut = (ids: number[]) => ids.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b).slice(0, count);
  let found: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < values.length; id++) {
    if (found.length >= count && (values[id] ?? 0) <= least) continue;
    found.push(id);
    if (found.length < 2 * count) continue;
    found = cut(found);
    least = values[found[count - 1] ?? 0] ?? 0;
  }
  return cut(found);
}

function rankOf(logits: Float32Array, id: number): number {
  const own = logits[id] ?? 0;
  return 1 + logits.reduce((better, x, other) => better + (x > own || (x === own && other < id) ? 1 : 0), 0);
}

/** Calls `body` with each row of logits `[rows, vocabSize]`. */
export function forEachRow(
  logits: Float32Array,
  vocabSize: number,
  body: (row: Float32Array, i: number) => void,
): void {
  for (let i = 0; i * vocabSize < logits.length; i++) body(logits.subarray(i * vocabSize, (i + 1) * vocabSize), i);
}
