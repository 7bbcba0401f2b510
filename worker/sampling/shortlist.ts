import { add, type Candidates } from "./candidates";
import { sumOf } from "./draw";
import { BLOCK, type SamplingKernels } from "./kernels";
import type { ResolvedOptions } from "./option-table";

/** Scores that can be read block by block: the blocks' maxima, and the largest of them. */
export interface Blocks {
  x: Float32Array;
  maxima: Float32Array;
  max: number;
}

/** One pass over the vocabulary. A NaN makes `max` NaN. */
export function blocksOf(x: Float32Array, kernels: SamplingKernels): Blocks {
  const maxima = kernels.blockMax(x);
  let max = -Infinity;
  for (let b = 0; b < maxima.length; b++) max = Math.max(max, maxima[b] ?? max);
  return { x, maxima, max };
}

/** The blocks' weights at a temperature, exp((x − max) / temperature), and their sum. */
export interface Weights {
  sums: Float32Array;
  total: number;
}

/** One pass over the vocabulary. */
export function weightsOf({ x, max }: Blocks, temperature: number, kernels: SamplingKernels): Weights {
  const sums = kernels.blockSumExp(x, max, 1 / temperature);
  return { sums, total: sumOf(sums) };
}

/** The first of the best ids. */
export function argMax({ x, maxima, max }: Blocks): number {
  const start = maxima.indexOf(max) * BLOCK;
  return x.subarray(start, start + BLOCK).indexOf(max) + start;
}

/** Calls back for each id that scores at least `least`, ascending; visits only the blocks that have one. */
export function forEachFrom({ x, maxima }: Blocks, least: number, each: (id: number, score: number) => void): void {
  for (let b = 0; b < maxima.length; b++) {
    if ((maxima[b] ?? 0) < least) continue;
    for (let id = b * BLOCK; id < Math.min(x.length, (b + 1) * BLOCK); id++) {
      const score = x[id] ?? 0;
      if (score >= least && score > -Infinity) each(id, score);
    }
  }
}

/** A score that at least k tokens reach: the k-th largest of the blocks' maxima, each of which is a token's. */
export function kthBound({ maxima }: Blocks, k: number): number {
  return k > maxima.length ? -Infinity : nthLargest(maxima.slice(), k);
}

/** Hoare 1961, "Find": puts the n-th largest in its place. */
function nthLargest(values: Float32Array, n: number): number {
  for (let low = 0, high = values.length - 1; low < high; ) {
    const pivot = values[(low + high) >>> 1] ?? 0;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] ?? pivot) > pivot) i++;
      while ((values[j] ?? pivot) < pivot) j--;
      if (i > j) break;
      const value = values[i] ?? 0;
      values[i++] = values[j] ?? 0;
      values[j--] = value;
    }
    if (n - 1 <= j) high = j;
    else if (n - 1 >= i) low = i;
    else break;
  }
  return values[n - 1] ?? -Infinity;
}

/** Fills the list with the ids that score at least `least`, divided by the temperature. */
export function fill(list: Candidates, blocks: Blocks, least: number, temperature: number): void {
  list.count = 0;
  list.total = 0;
  list.unlisted = 0;
  forEachFrom(blocks, least, (id, score) => add(list, id, (score - blocks.max) / temperature));
}

/** How far down a list may have to go, in units of the temperature. Beyond the last but one a token weighs nothing. */
const DEPTHS = [4, 8, 16, 32, 64, 128, Infinity];

type Limits = Pick<ResolvedOptions, "temperature" | "topK" | "topP" | "minP" | "typicalP">;

/**
 * Fills the list with a few tokens: all that the stages that are on can keep, and perhaps more; they then decide on them
 * exactly as they would on the whole vocabulary. `false` if none of them is on: then the list stays empty.
 */
export function shortlist(
  list: Candidates,
  blocks: Blocks,
  weights: () => Weights,
  limits: Limits,
  kernels: SamplingKernels,
): boolean {
  const { temperature, topK, topP, minP, typicalP } = limits;
  const minBound = minP > 0 ? blocks.max + (Math.log(minP) - 1e-6) * temperature : -Infinity;
  if (topK > 0) fill(list, blocks, kthBound(blocks, topK), temperature);
  else if (topP < 1) nucleus(list, blocks, weights(), limits, minBound);
  else if (minP > 0) fill(list, blocks, minBound, temperature);
  else if (typicalP < 1) typical(list, blocks, limits, kernels);
  else return false;
  return true;
}

/** Fills the list down to a bound that is lowered until the tokens above it reach top-p's mass, or min-p's bound. */
function nucleus(list: Candidates, blocks: Blocks, { total }: Weights, limits: Limits, minBound: number): void {
  const { temperature, topP } = limits;
  for (const depth of DEPTHS) {
    const bound = blocks.max - depth * temperature;
    fill(list, blocks, Math.max(bound, minBound), temperature);
    if (list.total > topP * total || bound < minBound) break;
  }
  if (list.count < blocks.x.length) list.total = total;
}

/** Fills the list down to a bound, which is lowered until the tokens at least as near to the mean score as the bound hold the mass. */
function typical(list: Candidates, blocks: Blocks, { temperature, typicalP }: Limits, kernels: SamplingKernels): void {
  const { sums, moments } = kernels.blockMoments(blocks.x, blocks.max, 1 / temperature);
  const [total, moment] = [sumOf(sums), sumOf(moments)];
  const mean = moment / total;
  for (const width of DEPTHS) {
    fill(list, blocks, blocks.max + (mean - width) * temperature, temperature);
    let [near, listed] = [0, 0];
    for (let i = 0; i < list.count; i++) {
      const [score = 0, weight = 0] = [list.scores[i], list.weights[i]];
      if (score <= mean + width) near += weight;
      listed += weight * score;
    }
    if (list.count === blocks.x.length) return;
    list.unlisted = moment - listed;
    if (near > typicalP * total) break;
  }
  list.total = total;
}
