import { type Halt, pass } from "../breathe";
import type { Context, Reader, Reading } from "../generation/context";
import { CHUNK, HEAD_ROWS, type Machine } from "../machine/assemble";
import { lastRows } from "../model/run";
import type { Sequence } from "./sequence";

/** Reads for one generation: several sequences in one pass share its reading of the weights. */
export class SequenceReader implements Reader<Sequence> {
  readonly maxRows = HEAD_ROWS;

  constructor(
    private readonly machine: Machine,
    /** Positions that a copy will need. */
    private readonly positions: number,
  ) {}

  async read(readings: readonly Reading<Sequence>[], halt?: Halt): Promise<Float32Array[][]> {
    const [first] = readings;
    if (first && readings.length === 1 && first.rows === 1) return [[await first.context.extend(first.ids, halt)]];
    const share = Math.floor(CHUNK / readings.length);
    for (const { context, ids, rows } of readings) {
      const before = ids.length - Math.max(share, rows);
      if (before > 0) await context.extend(ids.slice(0, before), halt);
    }
    return this.readTogether(
      readings.map((reading) => ({ ...reading, ids: reading.ids.slice(-Math.max(share, reading.rows)) })),
      halt,
    );
  }

  fork(context: Sequence): Sequence {
    return context.fork(this.positions);
  }

  release(context: Sequence): void {
    context.dispose();
  }

  private async readTogether(readings: readonly Reading<Sequence>[], halt?: Halt): Promise<Float32Array[][]> {
    const { ops, model, pool, config } = this.machine;
    pool.threads = pool.policy.settled;
    const mark = ops.scratch.mark();
    try {
      const x = await pass(model.hidden(readings.map(({ ids, context }) => ({ ids, cache: context.cache }))), halt); // [T, embDim]
      for (const { ids, context } of readings) context.noteRead(ids);
      const logits = ops.values(model.logits(ops.pick(x, lastRows(readings)))); // [rows, vocabSize]
      let row = 0;
      return readings.map(({ rows }) =>
        Array.from({ length: rows }, () => logits.subarray(row * config.vocabSize, ++row * config.vocabSize)),
      );
    } finally {
      ops.scratch.release(mark);
    }
  }
}

/** Reads for a text that has no copies. */
export class AloneReader<C extends Context & Extendable> implements Reader<C> {
  readonly maxRows = 1;

  async read([only]: readonly Reading<C>[], halt?: Halt): Promise<Float32Array[][]> {
    return only ? [[await only.context.extend(only.ids, halt)]] : [];
  }

  fork(): never {
    throw new RangeError("a text that is watched has no copies");
  }

  release(): void {}
}

interface Extendable {
  extend(ids: readonly number[], halt?: Halt): Promise<Float32Array>;
}
