import type { Candidates } from "./candidates";
import { exp } from "./exp";
import { BLOCK } from "./kernels";
import type { Blocks, Weights } from "./shortlist";

/** The place at which the running sum of weights passes `target`; the last that weighs anything, should rounding ask for more. */
function place(weights: Float64Array | Float32Array, count: number, target: number): { at: number; rest: number } {
  let sum = 0;
  let found = { at: 0, rest: 0 };
  for (let i = 0; i < count; i++) {
    const weight = weights[i] ?? 0;
    if (weight > 0) found = { at: i, rest: Math.min(1, (target - sum) / weight) };
    sum += weight;
    if (sum > target) break;
  }
  return found;
}

/** The sum of the first `count`. */
export function sumOf(weights: Float64Array | Float32Array, count = weights.length): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += weights[i] ?? 0;
  return sum;
}

/** One of the candidates, by a uniform u in [0, 1): inversion of their distribution, ids ascending. */
export function drawFrom({ ids, weights, count }: Candidates, u: number): number {
  return ids[place(weights, count, u * sumOf(weights, count)).at] ?? 0;
}

const block = new Float64Array(BLOCK);

/** One of the whole vocabulary: the block first, by the blocks' weights; then within it, by what is left of u. */
export function drawFromAll({ x, max }: Blocks, { sums, total }: Weights, temperature: number, u: number): number {
  const { at, rest } = place(sums, sums.length, u * total);
  const start = at * BLOCK;
  const count = Math.min(BLOCK, x.length - start);
  for (let i = 0; i < count; i++) block[i] = exp(((x[start + i] ?? -Infinity) - max) / temperature);
  return start + place(block, count, rest * sumOf(block, count)).at;
}
