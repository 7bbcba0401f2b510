import type { Bench } from "./inspect/bench";
import { forEachRow } from "./inspect/distribution";
import type { Score } from "./protocol";

/** Log-probability of each id after the first, given all before it, in nats. */
export async function score({ machine, sequence, halt }: Bench, ids: readonly number[]): Promise<Score> {
  const { config, ops } = machine;
  const logprobs: number[] = [];
  sequence.truncate(0);
  await sequence.extendAll(
    ids,
    (firstRow, logits) =>
      forEachRow(logits, config.vocabSize, (row, i) => {
        const next = ids[firstRow + i + 1];
        if (next !== undefined) logprobs.push(Math.min(0, (row[next] ?? Number.NaN) - ops.logSumExp(row)));
      }),
    halt,
  );
  const sum = logprobs.reduce((a, b) => a + b, 0);
  return { logprobs, sum, perplexity: Math.exp(-sum / Math.max(1, logprobs.length)) };
}
