import { keep } from "./candidates";
import type { SamplingKernels } from "./kernels";
import type { ResolvedOptions } from "./option-table";
import { activeStages, applyWhatFits } from "./pipeline";
import { type Blocks, blocksOf, fill } from "./shortlist";
import { type Step, WARPERS } from "./stages";

/** What one stage did in one step. */
export interface StageReport {
  /** The option, as in the order. */
  stage: string;
  /** How many tokens can be drawn after it. */
  kept: number;
  /** The probability, just before the stage, of the tokens that it removed. */
  removed: number;
  /** The stage would have left no token and was left out of this step. */
  leftOut?: true;
}

/** How many scores are finite, and Σ exp(before − max of before) of those that are and of all. */
function survivors(scores: Float32Array, before: Float32Array): { kept: number; mass: number; total: number } {
  const max = before.reduce((most, score) => Math.max(most, score), -Infinity);
  const found = { kept: 0, mass: 0, total: 0 };
  for (let id = 0; id < scores.length; id++) {
    const weight = Math.exp((before[id] ?? -Infinity) - max);
    found.total += weight;
    if (scores[id] === -Infinity) continue;
    found.kept++;
    found.mass += weight;
  }
  return found;
}

/** What each stage that is switched on does in this step. It goes the long way, apart from the draw: about 5 ms. */
export function reportStages(
  options: ResolvedOptions,
  kernels: SamplingKernels,
  own: Blocks,
  step: Step,
): StageReport[] {
  const stages = activeStages(options, kernels.vocabSize).filter(({ option }) => option !== "constraint" || step.mask);
  const left = applyWhatFits(stages, own.x.slice(), step);
  const scores = own.x.slice();
  const reports = stages.map((stage): StageReport => {
    const before = scores.slice();
    if (!left.has(stage)) stage.apply(scores, step);
    const { kept, mass, total } = survivors(scores, before);
    return { stage: stage.option, kept, removed: 1 - mass / total, ...(left.has(stage) && { leftOut: true }) };
  });
  return [...reports, ...reportWarpers(options, kernels, scores)];
}

function reportWarpers(options: ResolvedOptions, kernels: SamplingKernels, scores: Float32Array): StageReport[] {
  const list = kernels.candidates;
  const { temperature } = options;
  fill(list, blocksOf(scores, kernels), -Infinity, temperature || 1);
  const report = (stage: keyof ResolvedOptions, apply: () => void): StageReport => {
    const before = list.total;
    apply();
    return { stage, kept: list.count, removed: 1 - list.total / before };
  };
  const cool = (): void => {
    if (temperature === 0) keep(list, list.scores, { key: 0, last: list.scores.indexOf(0) });
  };
  const warpers = WARPERS.filter((warper) => warper.on(options));
  return [
    ...(temperature === 1 ? [] : [report("temperature", cool)]),
    ...warpers.map((warper) => report(warper.option, () => warper.apply(list, options))),
  ];
}
