import type { Machine } from "../assemble";
import type { Bench } from "./bench";
import { type Distribution, describe, forEachRow } from "./distribution";
import { together, type Watch } from "./hooks";
import { intervened } from "./intervene";
import { type Intervention, resolveInterventions } from "./interventions";
import { anything, checkOptions, wholeNumber } from "./options";

export interface LensOptions {
  /** How many of the best tokens each position lists. Default 5. */
  top?: number;
  interventions?: readonly Intervention[];
}

/** What the model would write if it ended after each block. */
export interface Lens {
  ids: number[];
  /** The stream before the first block, then after each. */
  stages: { hook: string; positions: Distribution[] }[];
}

/**
 * The logit lens: the final norm, its statistics taken anew, and the output head on the residual stream between blocks
 * (nostalgebraist 2020, "interpreting GPT: the logit lens").
 */
export function prepareLens(options: LensOptions, { config, arena, ops, model }: Machine) {
  const { vocabSize, nLayers, embDim } = config;
  checkOptions("lens()", options, { top: wholeNumber(1, vocabSize), interventions: anything });
  const edits = resolveInterventions(options.interventions, config);
  const hooks = [...(nLayers > 0 ? ["blocks.0.resid_pre"] : []), ...layers(nLayers)];
  return async ({ sequence, textOf }: Bench, ids: readonly number[]): Promise<Lens> => {
    const stages = new Map(hooks.map((hook) => [hook, [] as Distribution[]]));
    const look: Watch =
      () =>
      (name, { pointer, shape, strides }) => {
        const positions = stages.get(name);
        if (!positions) return;
        const [rows = 0] = shape;
        const [stride = embDim] = strides;
        ops.scoped(() => {
          const logits = ops.values(model.logits({ pointer, rows, cols: embDim, stride })); // [rows, vocabSize]
          forEachRow(logits, vocabSize, (row) => {
            positions.push(describe(row, options.top ?? 5, textOf, ids[positions.length + 1]));
          });
        });
      };
    await intervened(sequence, arena, edits, ids, (watch) => {
      sequence.truncate(0);
      return sequence.extend(ids, undefined, watch ? together(watch, look) : look);
    });
    return { ids: [...ids], stages: [...stages].map(([hook, positions]) => ({ hook, positions })) };
  };
}

function layers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `blocks.${n}.resid_post`);
}
