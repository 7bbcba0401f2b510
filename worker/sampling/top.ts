import { type Blocks, forEachFrom, kthBound } from "./shortlist";

/** A token and its log-probability under the model's own distribution, in nats: no option changes it. Never above 0. */
export interface Scored {
  id: number;
  logprob: number;
}

/** The `count` best tokens, best first, of equal ones the lower id. `logSum` is the logarithm of Σ exp(x). */
export function best(blocks: Blocks, count: number, logSum: number): Scored[] {
  const found: Scored[] = [];
  forEachFrom(blocks, kthBound(blocks, count), (id, score) => found.push({ id, logprob: Math.min(0, score - logSum) }));
  return found.sort((a, b) => b.logprob - a.logprob).slice(0, count);
}
