import type { Machine } from "../assemble";
import type { Sequence } from "../sequence";
import type { OfSome, Recorded } from "./collectors";
import { selectHooks } from "./names";
import { checkOptions, flag, type OptionCheck } from "./options";
import { Recorder } from "./recorder";

export interface TraceOptions {
  /** Which activations: names, patterns (`'blocks.*.attn.pattern'`), or `true` for all. docs/hooks.md lists them. */
  hooks: true | readonly string[];
  /** Statistics of each instead of its values. */
  stats?: boolean;
}

export interface Trace<R = Recorded> {
  /** The prompt's token ids. */
  ids: number[];
  /** By name: `{ shape, data }`, or with `stats` the statistics. */
  activations: Record<string, R & OfSome>;
  /** The scores of the next token after the last position [vocabSize]. */
  logits: Float32Array;
}

const CHECKS: Record<keyof TraceOptions, OptionCheck> = {
  hooks: {
    allowed: "true, or an array of names and patterns",
    holds: (value) => value === true || Array.isArray(value),
  },
  stats: flag,
};

/** A trace made ready: its options are good. Throws a `TypeError` that names the option, or the hook. */
export function prepareTrace(options: TraceOptions, { config, arena }: Machine) {
  checkOptions("trace()", options, CHECKS);
  const names = selectHooks(options.hooks, config);
  return async (sequence: Sequence, ids: readonly number[]): Promise<Trace> => {
    const recorder = new Recorder(names, config, arena, { from: 0, rows: ids.length }, options.stats ?? false);
    sequence.truncate(0);
    let last = new Float32Array();
    const keepLast = (_: number, logits: Float32Array) => {
      last = logits.slice(-config.vocabSize);
    };
    await sequence.extendAll(ids, keepLast, undefined, recorder.watch);
    return { ids: [...ids], activations: recorder.result(), logits: last };
  };
}

/** The memory that a trace can hand over instead of copying. */
export function buffersOf({ activations, logits }: Trace): ArrayBuffer[] {
  const tensors = Object.values(activations).flatMap((found) => ("data" in found ? [found.data] : []));
  return [...tensors, logits].map(({ buffer }) => buffer as ArrayBuffer);
}
