import { type Candidates, keep } from "./candidates";
import { reach } from "./reach";

/** A margin for the rounding of f32 scores: .2 counts as half of .4 although their logarithms are rounded. */
const ALMOST = 1 - 2 ** -22;

/** The mass to reach; above 0, so that at least one token stays where 0 is asked for. */
const goal = (mass: number): number => Math.max(mass * ALMOST, Number.MIN_VALUE);

/**
 * Top-k: the k best, and those that score the same as the last of them. Fan, Lewis, Dauphin 2018, arXiv:1805.04833,
 * 5.4; ties as in transformers' TopKLogitsWarper.
 */
export function topK(list: Candidates, k: number): void {
  const cut = reach(list, list.scores, k);
  if (cut) keep(list, list.scores, { key: cut.key, last: Infinity });
}

/**
 * Top-p, the nucleus: the smallest set of best tokens whose probabilities reach p; of equal ones the lower ids.
 * Holtzman et al. 2019, arXiv:1904.09751, 3.1.
 */
export function topP(list: Candidates, p: number): void {
  const cut = reach(list, list.scores, goal(p * list.total), list.weights);
  if (cut) keep(list, list.scores, cut);
}

/** Min-p: what is at least p times as probable as the best. Nguyen et al. 2024, arXiv:2407.01082. */
export function minP(list: Candidates, p: number): void {
  keep(list, list.weights, { key: p * ALMOST, last: Infinity });
}

/**
 * Typical: the tokens whose surprise −log p is nearest to the entropy, the smallest such set that reaches `mass`, and
 * those that are as near as the last. Meister et al. 2022, arXiv:2202.00666; ties as in transformers.
 */
export function typicalP(list: Candidates, mass: number): void {
  const { keys, scores, weights, count, total } = list;
  const mean = meanScore(list);
  for (let i = 0; i < count; i++) keys[i] = -Math.abs((scores[i] ?? 0) - mean); // both are a surprise below log total
  const cut = reach(list, keys, goal(mass * total), weights);
  if (cut) keep(list, keys, { key: cut.key, last: Infinity });
}

/** The expected score: log total less it is the entropy, as log total less a token's score is that token's surprise. */
function meanScore({ scores, weights, count, total, unlisted }: Candidates): number {
  let sum = unlisted;
  for (let i = 0; i < count; i++) {
    const weight = weights[i] ?? 0;
    if (weight > 0) sum += weight * (scores[i] ?? 0);
  }
  return sum / total;
}
