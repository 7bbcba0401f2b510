import { pass } from "../breathe";
import { HEAD_ROWS, type Machine } from "../machine/assemble";
import { anything, checkOptions } from "../option-checks";
import { integer } from "../sampling/checks";
import type { Bench } from "./bench";
import type { Recorded } from "./collectors";
import { type Distribution, describe, forEachRow } from "./distribution";
import { together, type Watch } from "./hooks";
import { intervened } from "./intervene";
import { type Intervention, resolveInterventions } from "./interventions";
import { selectHooks, streamHooks } from "./names";
import { Recorder } from "./recorder";

export interface LensOptions {
  /** How many of the best tokens each position lists. Default 5. */
  top?: number;
  /** Changes to what the model computes, as `trace()` takes them. */
  interventions?: readonly Intervention[];
}

/** What the model would write if it ended after each block. */
export interface Lens {
  ids: number[];
  /** The stream before the first block, then after each; one distribution a position. */
  stages: { hook: string; positions: Distribution[] }[];
}

/**
 * The logit lens: the final norm, its statistics taken anew, and the output head on the residual stream between blocks
 * (nostalgebraist 2020, "interpreting GPT: the logit lens").
 */
export function prepareLens(options: LensOptions, { config, arena, ops, model }: Machine) {
  const { vocabSize, nLayers, embDim } = config;
  checkOptions("lens()", options, { top: integer(1, vocabSize), interventions: anything });
  const edits = resolveInterventions(options.interventions, config);
  const hooks = streamHooks(nLayers);
  return async (bench: Bench, ids: readonly number[]): Promise<Lens> => {
    const { sequence, halt, textOf } = bench;
    const recorder = new Recorder(selectHooks(hooks, config), config, arena, { from: 0, rows: ids.length }, false);
    const stages = hooks.map((hook) => ({ hook, positions: [] as Distribution[] }));
    await intervened(bench, edits, ids, async (watch) => {
      sequence.truncate(0);
      await sequence.extend(ids, halt, watch ? together(watch, recorder.watch) : recorder.watch);
      await pass(readOut(recorder.result(), watch), halt);
    });
    return { ids: [...ids], stages };

    /** What final norm and head, as `watch` changes them, make of the streams, some positions at a time, with a pause after each. */
    function* readOut(streams: Record<string, Recorded>, watch: Watch | undefined): Generator<void, void> {
      for (const { hook, positions } of stages) {
        const stream = streams[hook];
        const data = stream && "data" in stream ? stream.data : new Float32Array(); // [T, embDim]
        for (let at = 0; at < ids.length; at += HEAD_ROWS) {
          ops.scoped(() => {
            const x = ops.tensor(Math.min(HEAD_ROWS, ids.length - at), embDim);
            ops.values(x).set(data.subarray(at * embDim, (at + x.rows) * embDim));
            forEachRow(ops.values(model.logits(x, watch?.(at))), vocabSize, (row) => {
              positions.push(describe(row, options.top ?? 5, textOf, ids[positions.length + 1]));
            });
          });
          yield;
        }
      }
    }
  };
}
