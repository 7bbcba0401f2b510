import type { SamplingKernels } from "./kernels";
import type { ResolvedOptions } from "./option-table";
import { type Blocks, blocksOf } from "./shortlist";
import { PROCESSORS, type Process, type Processor, type Step } from "./stages";

interface Stage extends Processor {
  apply: Process;
}

/** The stages that these options switch on, in order. */
export function activeStages(options: ResolvedOptions, vocabSize: number): Stage[] {
  return PROCESSORS.flatMap((processor) => {
    const apply = processor.make(options, vocabSize);
    return apply ? [{ ...processor, apply }] : [];
  });
}

/**
 * Applies them one by one, those that forbid tokens from the last (the strongest) to the first: one that would leave no
 * token is left out. Where none has to be, this is the same as applying them in order. Returns those left out.
 */
export function applyWhatFits(stages: readonly Stage[], scores: Float32Array, step: Step): Set<Stage> {
  const left = new Set<Stage>();
  for (const stage of stages) if (!stage.forbids) stage.apply(scores, step);
  for (const stage of stages.filter(({ forbids }) => forbids).reverse()) {
    const before = scores.slice();
    stage.apply(scores, step);
    if (scores.some((score) => score > -Infinity)) continue;
    scores.set(before);
    left.add(stage);
  }
  return left;
}

/** The first half of the order: the model's logits → scores, of which at least one is finite. */
export function createPipeline(
  options: ResolvedOptions,
  kernels: SamplingKernels,
): (own: Blocks, step: Step) => Blocks {
  const withMask = activeStages(options, kernels.vocabSize);
  const withoutMask = withMask.filter(({ option }) => option !== "constraint");
  return (own, step) => {
    const stages = step.mask ? withMask : withoutMask;
    if (stages.length === 0) return own;
    const scores = kernels.scores();
    scores.set(own.x);
    for (const stage of stages) stage.apply(scores, step);
    const blocks = blocksOf(scores, kernels);
    if (blocks.max > -Infinity) return blocks;
    scores.set(own.x);
    applyWhatFits(stages, scores, step);
    return blocksOf(scores, kernels);
  };
}
