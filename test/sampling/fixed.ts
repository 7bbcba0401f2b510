import type { GenerateOptions } from "../../worker/sampling/generate-options";
import { resolveOptions } from "../../worker/sampling/options";
import { createRandom } from "../../worker/sampling/random";
import { reportStages } from "../../worker/sampling/report";
import { createSampler, type Sampler } from "../../worker/sampling/sampler";
import { createPlainKernels } from "../reference/sampling-kernels";

/** A sampler over `vocabSize` tokens, in plain TypeScript. */
export function samplerOf(vocabSize: number, options: GenerateOptions): Sampler {
  const resolved = resolveOptions({ seed: 1, ...options }, { vocabSize, contextLength: 64 });
  const report = resolved.stats ? reportStages : undefined;
  return createSampler(resolved, createPlainKernels(vocabSize), createRandom(resolved.seed), report);
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
