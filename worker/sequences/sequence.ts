import { type Halt, pass } from "../breathe";
import type { Hooks, Watch } from "../inspect/hooks";
import { CHUNK, HEAD_ROWS, type Machine, WATCHED_CHUNK } from "../machine/assemble";
import type { KVCache } from "../model/kv-cache";
import { rows, type Tensor } from "../wasm/tensor";

/** One text as the model sees it: the ids so far and the keys and values of their positions. */
export class Sequence {
  private readonly seen: number[] = [];

  constructor(
    private readonly machine: Machine,
    readonly cache: KVCache = machine.caches.acquire(),
  ) {}

  /** The ids that the cache holds. */
  get ids(): readonly number[] {
    return this.seen;
  }

  get length(): number {
    return this.cache.length;
  }

  get contextLength(): number {
    return this.machine.config.contextLength;
  }

  /**
   * The model reads `ids`, in chunks → the logits after the last of them [vocabSize], a view into memory that the
   * next pass overwrites. Rejects with the halt's reason when there is one; what was read whole stays.
   */
  async extend(ids: readonly number[], halt?: Halt, watch?: Watch): Promise<Float32Array> {
    const { ops, model, pool } = this.machine;
    const decoding = ids.length === 1;
    pool.threads = decoding ? pool.policy.threads : pool.policy.settled;
    const started = performance.now();
    const size = watch ? WATCHED_CHUNK : CHUNK;
    let logits: Float32Array = new Float32Array();
    for (let begin = 0; begin < ids.length; begin += size) {
      const chunk = ids.slice(begin, begin + size);
      const mark = ops.scratch.mark();
      try {
        const run = { ids: chunk, cache: this.cache };
        const isLast = begin + size >= ids.length;
        const hooks = watch?.(this.cache.length);
        const x = await pass(isLast ? model.forward([run], hooks) : model.hidden([run], hooks), halt);
        if (isLast) logits = ops.values(x);
      } finally {
        ops.scratch.release(mark);
      }
      this.seen.push(...chunk);
    }
    if (decoding) pool.policy.record(performance.now() - started);
    return logits;
  }

  /** As `extend`, but the logits of every position, some rows at a time. */
  async extendAll(
    ids: readonly number[],
    onLogits: (firstRow: number, logits: Float32Array) => void,
    halt?: Halt,
    watch?: Watch,
  ): Promise<void> {
    const { ops, model, pool } = this.machine;
    pool.threads = pool.policy.settled;
    const size = watch ? WATCHED_CHUNK : CHUNK;
    for (let begin = 0; begin < ids.length; begin += size) {
      const chunk = ids.slice(begin, begin + size);
      const mark = ops.scratch.mark();
      try {
        const hooks = watch?.(this.cache.length);
        const x = await pass(model.hidden([{ ids: chunk, cache: this.cache }], hooks), halt); // [T, embDim]
        this.seen.push(...chunk);
        await pass(
          this.allLogits(x, (row, logits) => onLogits(begin + row, logits), hooks),
          halt,
        );
      } finally {
        ops.scratch.release(mark);
      }
    }
  }

  /** The logits of all rows of a pass, some at a time; as `model.hidden`, it pauses in between. */
  private *allLogits(
    x: Tensor,
    onLogits: (firstRow: number, logits: Float32Array) => void,
    hooks: Hooks | undefined,
  ): Generator<void, void> {
    const { ops, model } = this.machine;
    for (let row = 0; row < x.rows; row += HEAD_ROWS) {
      const some = rows(x, row, Math.min(row + HEAD_ROWS, x.rows));
      ops.scoped(() => onLogits(row, ops.values(model.logits(some, hooks)))); // [rows, vocabSize]
      yield;
    }
  }

  /** Forgets the positions from `length` on. */
  truncate(length: number): void {
    this.seen.length = Math.min(this.seen.length, length);
    this.cache.truncate(this.seen.length);
  }

  /** Keeps what `ids` and this sequence have in common, but for the last id: its logits are wanted. Returns how many. */
  keepCommon(ids: readonly number[]): number {
    let common = 0;
    while (common < this.seen.length && common < ids.length - 1 && this.seen[common] === ids[common]) common++;
    this.truncate(common);
    return common;
  }

  /** Notes ids that a pass has put into this sequence's cache. */
  noteRead(ids: readonly number[]): void {
    this.seen.push(...ids);
  }

  /** A copy with room for `positions`, for going on another way. */
  fork(positions: number): Sequence {
    const copy = new Sequence(this.machine, this.machine.caches.acquire(Math.max(positions, this.length)));
    copy.cache.copyFrom(this.cache);
    copy.noteRead(this.seen);
    return copy;
  }

  /** Becomes what `cache.save()` gave when it had read these ids. */
  restore(ids: readonly number[], bytes: Uint8Array): void {
    this.cache.restore(bytes, ids.length);
    this.seen.splice(0, this.seen.length, ...ids);
  }

  dispose(): void {
    this.machine.caches.release(this.cache);
  }
}
