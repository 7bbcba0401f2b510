import { GPTError } from "../errors";
import { drawFrom, drawFromAll } from "./draw";
import type { SamplingKernels } from "./kernels";
import type { ResolvedOptions } from "./option-table";
import type { History } from "./penalties";
import { createPipeline } from "./pipeline";
import { createRandom, type Random } from "./random";
import type { reportStages, StageReport } from "./report";
import { argMax, type Blocks, blocksOf, shortlist, weightsOf } from "./shortlist";
import { WARPERS } from "./stages";
import { best, type Scored } from "./top";

/** One drawn token. */
export interface Draw {
  id: number;
  /** As `Scored`'s, where it is asked for: with `logprobs` over 0, or several sequences to compare. */
  logprob?: number;
  /** The most probable tokens, best first, with `logprobs` over 0. */
  top?: Scored[];
  /** What each stage did, in their order, where that is reported. */
  stages?: StageReport[];
}

/** Chooses tokens by one set of options. `logits` are the model's own, in the kernels' memory; they are only read. */
export interface Sampler {
  sample(logits: Float32Array, history: History, mask?: Uint32Array): Draw;
  /** The scores after the first half of the order, as beam search takes them: memory of the kernels, or `logits` itself. */
  process(logits: Float32Array, history: History, mask?: Uint32Array): Float32Array;
}

/** Temperatures stay within 1/HOTTEST and HOTTEST: beyond, differences of scores divided by them leave f32's range. */
const HOTTEST = 1e30;
export const inReach = (temperature: number): number =>
  temperature && Math.min(HOTTEST, Math.max(1 / HOTTEST, temperature));

/**
 * A sampler for one sequence. Parallel sequences each have their own, with `random.fork(index)`; all that share the
 * kernels take turns. `report` is for `stats`: few ask for it, so that it is a chunk of its own. Throws `GPTError`
 * `bad-value` when the logits hold a NaN or +Infinity.
 */
export function createSampler(
  given: ResolvedOptions,
  kernels: SamplingKernels,
  random: Random = createRandom(given.seed),
  report?: typeof reportStages,
): Sampler {
  const { logprobs, n } = given;
  const temperature = inReach(given.temperature);
  const options = { ...given, temperature };
  const scored = logprobs > 0 || n > 1;
  const process = createPipeline(options, kernels);
  const warpers = WARPERS.filter((warper) => warper.on(options));
  const list = kernels.candidates;
  const finiteBlocks = (logits: Float32Array): Blocks => {
    const blocks = blocksOf(logits, kernels);
    if (Number.isFinite(blocks.max)) return blocks;
    const message = `The model's largest logit is ${blocks.max}, expected a finite number: its weights, or an intervention, are out of range.`;
    throw new GPTError("bad-value", message);
  };
  return {
    sample(logits, history, mask) {
      const own = finiteBlocks(logits);
      const weights = scored ? weightsOf(own, 1, kernels) : undefined;
      const logSum = own.max + Math.log(weights?.total ?? 1);
      const top = logprobs > 0 ? { top: best(own, logprobs, logSum) } : {};
      const step = { history, mask };
      const stages = report ? { stages: report(options, kernels, own, step) } : {};
      const blocks = process(report ? blocksOf(logits, kernels) : own, step);
      const pick = (): number => {
        if (temperature === 0) return argMax(blocks);
        const u = random.next();
        const weightsNow = () =>
          (blocks === own && temperature === 1 && weights) || weightsOf(blocks, temperature, kernels);
        if (!shortlist(list, blocks, weightsNow, options, kernels))
          return drawFromAll(blocks, weightsNow(), temperature, u);
        for (const warper of warpers) warper.apply(list, options);
        return drawFrom(list, u);
      };
      const id = pick();
      const logprob = scored ? { logprob: Math.min(0, (logits[id] ?? 0) - logSum) } : {};
      return { id, ...logprob, ...top, ...stages };
    },
    process: (logits, history, mask) => process(finiteBlocks(logits), { history, mask }).x,
  };
}
