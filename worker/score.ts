import type { Halt } from "./breathe";
import type { Score } from "./protocol";
import type { Sequence } from "./sequences/sequence";

/** Log-probability of each id after the first, given all before it, in nats. */
export async function score(
  sequence: Sequence,
  ids: readonly number[],
  logSumExp: (logits: Float32Array) => number,
  halt?: Halt,
): Promise<Score> {
  const logprobs: number[] = [];
  await sequence.extendAll(
    ids,
    (firstRow, logits) => {
      const vocabSize = sequence.vocabSize;
      for (let row = 0; row * vocabSize < logits.length; row++) {
        const next = ids[firstRow + row + 1];
        if (next === undefined) return;
        const x = logits.subarray(row * vocabSize, (row + 1) * vocabSize);
        logprobs.push(Math.min(0, (x[next] ?? Number.NaN) - logSumExp(x)));
      }
    },
    halt,
  );
  const sum = logprobs.reduce((a, b) => a + b, 0);
  return { logprobs, sum, perplexity: Math.exp(-sum / Math.max(1, logprobs.length)) };
}
