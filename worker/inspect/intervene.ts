import type { Bench } from "./bench";
import { type Edit, editing } from "./edits";
import type { Watch } from "./hooks";
import type { PlannedEdit } from "./interventions";
import { readValues } from "./values";

/**
 * Runs `body` with the watch that makes the edits; without any it is `undefined`. What the sequence has read is
 * forgotten before and after, so that no plain call goes on from changed keys and values.
 */
export async function intervened<T>(
  bench: Omit<Bench, "textOf">,
  planned: readonly PlannedEdit[],
  ids: readonly number[],
  body: (watch: Watch | undefined) => Promise<T>,
): Promise<T> {
  if (planned.length === 0) return body(undefined);
  const { sequence, machine } = bench;
  const edits = await settle(planned, bench, ids);
  sequence.truncate(0);
  try {
    return await body(editing(edits, machine.arena));
  } finally {
    sequence.truncate(0);
  }
}

/** Finds the means that edits need, over the positions of `ids` as a plain run reads them. */
async function settle(
  planned: readonly PlannedEdit[],
  { machine, sequence, halt }: Omit<Bench, "textOf">,
  ids: readonly number[],
): Promise<Edit[]> {
  const means = new Map(planned.filter((edit) => "mean" in edit).map(({ hook }) => [hook, new Mean(hook)]));
  if (means.size > 0) {
    const watch: Watch = () => (name, activation) => {
      means.get(name)?.add(readValues(machine.arena, activation), activation.shape[0] ?? 0);
    };
    sequence.truncate(0);
    // Where the last logits are all that is wanted, the final norm sees the last position alone.
    if (means.has("ln_final.normalized")) await sequence.extendAll(ids, () => undefined, halt, watch);
    else await sequence.extend(ids, halt, watch);
  }
  return planned.map((edit) => {
    if (!("mean" in edit)) return edit;
    return { ...edit, change: (value, _, __, inner) => means.get(edit.hook)?.at(inner) ?? value };
  });
}

/** The mean of an activation's rows, which come in parts. */
class Mean {
  private sums: Float64Array | undefined;
  private count = 0;

  constructor(private readonly hook: string) {}

  add(values: Float32Array, rows: number): void {
    const width = values.length / rows;
    const sums = this.sums ?? new Float64Array(width);
    for (let i = 0; i < values.length; i++) sums[i % width] = (sums[i % width] ?? 0) + (values[i] ?? 0);
    this.sums = sums;
    this.count += rows;
  }

  /** Throws a `TypeError` where there was no row: no position was given to this expert. */
  at(column: number): number {
    if (this.sums) return (this.sums[column] ?? 0) / this.count;
    throw new TypeError(
      `to: found "mean" of ${this.hook}, which no position of the prompt has in a plain run; allowed here: "zero"`,
    );
  }
}
