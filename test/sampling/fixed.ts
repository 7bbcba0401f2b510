import type { GenerateOptions } from "../../worker/sampling/generate-options";
import { resolveOptions } from "../../worker/sampling/options";
import type { History } from "../../worker/sampling/penalties";
import { createRandom } from "../../worker/sampling/random";
import { reportStages } from "../../worker/sampling/report";
import { createSampler, inReach, type Sampler } from "../../worker/sampling/sampler";
import { argMax, blocksOf, fill, shortlist, weightsOf } from "../../worker/sampling/shortlist";
import { WARPERS } from "../../worker/sampling/stages";
import { createPlainKernels } from "../reference/sampling-kernels";

/** The tokens that can be drawn, ids ascending, and their probabilities, which sum to 1. */
export interface Distribution {
  ids: Int32Array;
  probabilities: Float64Array;
}

interface OpenSampler extends Sampler {
  /** What `sample` draws from; at temperature 0 one token. */
  distribution(logits: Float32Array, history: History, mask?: Uint32Array): Distribution;
}

/** A sampler over `vocabSize` tokens, in plain TypeScript. */
export function samplerOf(vocabSize: number, options: GenerateOptions): OpenSampler {
  const resolved = resolveOptions({ seed: 1, ...options }, { vocabSize, contextLength: 64 });
  const report = resolved.stats ? reportStages : undefined;
  const kernels = createPlainKernels(vocabSize);
  const sampler = createSampler(resolved, kernels, createRandom(resolved.seed), report);
  const temperature = inReach(resolved.temperature);
  const limits = { ...resolved, temperature };
  const list = kernels.candidates;
  return {
    ...sampler,
    distribution(logits, history, mask) {
      const blocks = blocksOf(sampler.process(logits, history, mask), kernels);
      if (temperature === 0) return { ids: Int32Array.of(argMax(blocks)), probabilities: Float64Array.of(1) };
      const weights = () => weightsOf(blocks, temperature, kernels);
      if (!shortlist(list, blocks, weights, limits, kernels)) fill(list, blocks, -Infinity, temperature);
      for (const warper of WARPERS) if (warper.on(limits)) warper.apply(list, limits);
      const probabilities = list.weights.slice(0, list.count).map((weight) => weight / list.total);
      return { ids: list.ids.slice(0, list.count), probabilities };
    },
  };
}

/** What `steps` tokens are when the model gives these logits at every position. */
export function run(logits: readonly number[], options: GenerateOptions, steps: number, prompt = [0]): number[] {
  const sampler = samplerOf(logits.length, options);
  const ids = [...prompt];
  for (let i = 0; i < steps; i++) {
    ids.push(sampler.sample(Float32Array.from(logits), { ids, promptLength: prompt.length }).id);
  }
  return ids.slice(prompt.length);
}

/** The ids that can be drawn, ascending. */
export function kept(logits: readonly number[], options: GenerateOptions, ids: number[] = [0]): number[] {
  const sampler = samplerOf(logits.length, options);
  return [...sampler.distribution(Float32Array.from(logits), { ids, promptLength: 1 }).ids];
}

/** Numbers that look like a model's logits, from a seed. */
export function randomLogits(size: number, seed: number, spread = 4): Float32Array {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: size },
    () => spread * Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
}
