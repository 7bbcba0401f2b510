import type { Machine } from "../machine/assemble";
import { anything, checkOptions, flag } from "../option-checks";
import type { Check } from "../sampling/checks";
import type { Bench } from "./bench";
import type { Recorded, WithPositions } from "./collectors";
import { type Effect, effectOf } from "./effect";
import { together } from "./hooks";
import { intervened } from "./intervene";
import { type Intervention, resolveInterventions } from "./interventions";
import { selectHooks } from "./names";
import { Recorder } from "./recorder";

export interface TraceOptions {
  /** Which activations: names, patterns (`'blocks.*.attn.pattern'`), or `true` for all. docs/hooks.md lists them. */
  hooks: true | readonly string[];
  /** Statistics of each instead of its values. */
  stats?: boolean;
  /** Changes to what the model computes, made in order; the trace shows what comes of them. */
  interventions?: readonly Intervention[];
}

export interface Trace<R = Recorded> {
  /** The prompt's token ids. */
  ids: number[];
  /** By name: `{ shape, data }`, or with `stats` the statistics. */
  activations: Record<string, R & WithPositions>;
  /** The scores of the next token after the last position [vocabSize]. */
  logits: Float32Array;
  /** With `interventions`: what they did to `logits`. */
  effect?: Effect;
}

const CHECKS: Record<keyof TraceOptions, Check> = { hooks: anything, stats: flag, interventions: anything };

/** A trace made ready: its options are good. Throws a `TypeError` that names the option, or the hook. */
export function prepareTrace(options: TraceOptions, { config, arena }: Machine) {
  checkOptions("trace()", options, CHECKS);
  const names = selectHooks(options.hooks, config);
  const edits = resolveInterventions(options.interventions, config);
  return async (bench: Bench, ids: readonly number[]): Promise<Trace> => {
    const { sequence, halt, textOf } = bench;
    const plain = edits.length > 0 ? (await plainLogits(bench, ids)).slice() : undefined;
    const recorder = new Recorder(names, config, arena, { from: 0, rows: ids.length }, options.stats ?? false);
    const logits = await intervened(bench, edits, ids, async (watch) => {
      sequence.truncate(0);
      let last = new Float32Array();
      const keepLast = (_: number, some: Float32Array) => {
        last = some.slice(-config.vocabSize);
      };
      await sequence.extendAll(ids, keepLast, halt, watch ? together(watch, recorder.watch) : recorder.watch);
      return last;
    });
    const effect = plain && { effect: effectOf(plain, logits, textOf) };
    return { ids: [...ids], activations: recorder.result(), logits, ...effect };
  };
}

/** The logits after `ids` [vocabSize], going on from what the sequence has read. */
function plainLogits({ sequence, halt }: Bench, ids: readonly number[]): Promise<Float32Array> {
  return sequence.extend(ids.slice(sequence.keepCommon(ids)), halt);
}
