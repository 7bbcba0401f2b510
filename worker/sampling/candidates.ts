import { exp } from "./exp";

/**
 * The tokens that can still be drawn, ids ascending. Lists are made once and filled for each token; only the first
 * `count` elements mean anything.
 */
export interface Candidates {
  count: number;
  ids: Int32Array;
  /** (score − best score) / temperature: 0 for the best, at least one is 0. */
  scores: Float64Array;
  /** exp(scores): the probability up to the factor 1 / total. */
  weights: Float64Array;
  /** The weight of all tokens that still stand, also of those that no later stage can keep and that are not listed. */
  total: number;
  /** Σ weight · score of those that are not listed. */
  unlisted: number;
  /** Room for a stage's own numbers. */
  keys: Float64Array;
  order: Int32Array;
}

/** Room for `size` candidates. */
export function createCandidates(size: number): Candidates {
  const f64 = (): Float64Array => new Float64Array(size);
  const i32 = (): Int32Array => new Int32Array(size);
  return { count: 0, ids: i32(), scores: f64(), weights: f64(), total: 0, unlisted: 0, keys: f64(), order: i32() };
}

/** Adds one token. */
export function add(list: Candidates, id: number, score: number): void {
  const weight = exp(score);
  list.ids[list.count] = id;
  list.scores[list.count] = score;
  list.weights[list.count++] = weight;
  list.total += weight;
}

/** Where a stage cuts: tokens with a larger key stay, of equal ones those up to place `last`. */
export interface Cut {
  key: number;
  last: number;
}

/** Keeps what is on the better side of the cut, in order. */
export function keep(list: Candidates, keys: Float64Array, { key, last }: Cut): void {
  const { ids, scores, weights } = list;
  let count = 0;
  let total = 0;
  for (let i = 0; i < list.count; i++) {
    const at = keys[i] ?? 0;
    if (at < key || (at === key && i > last)) continue;
    ids[count] = ids[i] ?? 0;
    scores[count] = scores[i] ?? 0;
    weights[count] = weights[i] ?? 0;
    total += weights[count++] ?? 0;
  }
  list.count = count;
  list.total = total;
  list.unlisted = 0;
}
