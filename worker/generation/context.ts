import type { Halt } from "../breathe";

/** One text as the model has read it. */
export interface Context {
  /** Positions read. */
  readonly length: number;
  readonly contextLength: number;
  /** Forgets the positions from `length` on. */
  truncate(length: number): void;
}

/** New ids of one text; wanted are the logits of the last `rows` of them. */
export interface Reading<C> {
  context: C;
  ids: readonly number[];
  rows: number;
}

/** What a generation needs of a model; a fake one tests it. */
export interface Reader<C> {
  /** Rows of logits that one call can give. */
  readonly maxRows: number;
  /**
   * Reads new ids of several texts as one batch → of each, the logits `[vocabSize]` of its last `rows` positions: views
   * that hold until the next call. Rejects with the halt's reason; no text has then grown by a part of a pass.
   */
  read(readings: readonly Reading<C>[], halt?: Halt): Promise<readonly (readonly Float32Array[])[]>;
  /** A copy to go on from in another way. Logits read before it are lost. */
  fork(context: C): C;
  /** Takes back a copy. */
  release(context: C): void;
}
