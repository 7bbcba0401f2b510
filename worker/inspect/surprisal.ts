import type { Bench } from "./bench";
import { type Distribution, describe, forEachRow } from "./distribution";

/** How a text surprises the model, token by token. */
export interface Surprisal {
  ids: number[];
  tokens: {
    id: number;
    text: string;
    /** −ln p of the token, given all before it, in nats; the first has none. */
    surprisal?: number;
    /** 1 for the token that the model held most probable. */
    rank?: number;
    /** Entropy of the distribution that the token came from, in nats: the surprisal that was to be expected. */
    entropy?: number;
  }[];
  /** What comes after the text, with its 5 most probable tokens. */
  next: Distribution;
}

const TOP = 5;

export async function surprisal(
  { machine, sequence, halt, textOf }: Bench,
  ids: readonly number[],
): Promise<Surprisal> {
  const after: Distribution[] = [];
  sequence.truncate(0);
  await sequence.extendAll(
    ids,
    (_, logits) => {
      forEachRow(logits, machine.config.vocabSize, (row) => {
        after.push(describe(row, TOP, textOf, ids[after.length + 1]));
      });
    },
    halt,
  );
  const tokens = ids.map((id, i) => {
    const { next, entropy } = after[i - 1] ?? {};
    return { id, text: textOf(id), ...(next && { surprisal: -next.logprob, rank: next.rank, entropy }) };
  });
  return { ids: [...ids], tokens, next: after.at(-1) ?? { top: [], entropy: 0 } };
}
