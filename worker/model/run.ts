import type { KVCache } from "./kv-cache";

/** New ids of one sequence and what the model has seen of it. Several runs are computed as one batch of rows. */
export interface Run {
  readonly ids: ArrayLike<number> & Iterable<number>;
  readonly cache: KVCache;
}

/** Calls `body` with each run's rows of a batch, `begin` to `end`. */
export function forEachRun(runs: readonly Run[], body: (run: Run, begin: number, end: number) => void): void {
  let begin = 0;
  for (const run of runs) {
    const end = begin + run.ids.length;
    body(run, begin, end);
    begin = end;
  }
}

/** The last row of each run in a batch, or its last `rows`. */
export function lastRows(runs: readonly { ids: ArrayLike<number>; rows?: number }[]): number[] {
  let end = 0;
  return runs.flatMap(({ ids, rows = 1 }) => {
    end += ids.length;
    return Array.from({ length: rows }, (_, i) => end - rows + i);
  });
}
