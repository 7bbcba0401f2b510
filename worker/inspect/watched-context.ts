import type { Halt } from "../breathe";
import type { Context } from "../generation/context";
import type { Machine } from "../machine/assemble";
import { anything, checkOptions, flag } from "../option-checks";
import type { Sequence } from "../sequences/sequence";
import type { Recorded, WithPositions } from "./collectors";
import { together, type Watch } from "./hooks";
import { intervened } from "./intervene";
import { type Intervention, type PlannedEdit, resolveInterventions } from "./interventions";
import { type HookRow, selectHooks } from "./names";
import { Recorder } from "./recorder";

/** What each token of a generation shows: the activations of the position that it was drawn from. */
export interface TokenTraceOptions {
  /** Names, patterns, or `true` for all, as `trace()` takes them. */
  hooks: true | readonly string[];
  /** Statistics of each instead of its values. */
  stats?: boolean;
}

/** What `generate()` takes to look inside. */
export interface LookOptions {
  /** Each token of `tokens()` has the `activations` of the position that it was drawn from. */
  trace?: TokenTraceOptions;
  /** Changes to what the model computes, as `trace()` takes them. */
  interventions?: readonly Intervention[];
}

/** A generation's trace and interventions, made ready. */
export interface Look {
  edits: readonly PlannedEdit[];
  trace: { names: ReadonlyMap<string, HookRow>; stats: boolean } | undefined;
}

/** Several sequences at a time, which can't be told apart where an activation is seen. */
const ALONE = { n: 1, numBeams: 1, speculate: 0 } as const;

/** Checks what `generate()` takes to look inside. Throws a `TypeError`. */
export function resolveLook(
  { trace, interventions }: LookOptions,
  others: Record<keyof typeof ALONE, number>,
  { config }: Machine,
): Look {
  for (const [name, allowed] of Object.entries(ALONE)) {
    const found = others[name as keyof typeof ALONE];
    if (found !== allowed)
      throw new TypeError(`${name}: found ${found} with trace or interventions; allowed here: ${allowed}`);
  }
  if (trace !== undefined) checkOptions("generate()'s trace", trace, { hooks: anything, stats: flag }, []);
  return {
    edits: resolveInterventions(interventions, config),
    trace: trace && { names: selectHooks(trace.hooks, config), stats: trace.stats ?? false },
  };
}

/** Runs `body` with the sequence as `look` wants it watched. */
export function watched<T>(
  machine: Machine,
  sequence: Sequence,
  { edits, trace }: Look,
  ids: readonly number[],
  halt: Halt | undefined,
  body: (context: WatchedContext) => Promise<T>,
): Promise<T> {
  return intervened({ machine, sequence, halt }, edits, ids, (changes) =>
    body(new WatchedContext(machine, sequence, changes, trace)),
  );
}

/** A sequence that is watched while a generation reads: changed by interventions, looked at by a trace. */
export class WatchedContext implements Context {
  /** Of the last position read, with a trace. */
  activations: Record<string, Recorded & WithPositions> | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly sequence: Sequence,
    private readonly changes: Watch | undefined,
    private readonly trace: Look["trace"],
  ) {}

  get length(): number {
    return this.sequence.length;
  }

  get contextLength(): number {
    return this.sequence.contextLength;
  }

  async extend(ids: readonly number[], halt?: Halt): Promise<Float32Array> {
    if (!this.trace) return this.sequence.extend(ids, halt, this.changes);
    const { names, stats } = this.trace;
    const { config, arena } = this.machine;
    const recorder = new Recorder(names, config, arena, { from: this.length + ids.length - 1, rows: 1 }, stats);
    const watch = this.changes ? together(this.changes, recorder.watch) : recorder.watch;
    const logits = await this.sequence.extend(ids, halt, watch);
    this.activations = recorder.result();
    return logits;
  }

  keepCommon(ids: readonly number[]): number {
    return this.sequence.keepCommon(ids);
  }

  truncate(length: number): void {
    this.sequence.truncate(length);
  }
}
