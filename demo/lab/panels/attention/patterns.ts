import type { Given } from "../../panel";

/** How much each position looks at each: a row a position, which sums to 1. */
export type Pattern = Float32Array[];

/** Every pattern, by layer and head. */
export async function patternsOf({ gpt, ids, step }: Given): Promise<Pattern[][]> {
  const { nLayers, nHeads } = gpt.config;
  const hooks = Array.from({ length: nLayers }, (_, layer) => `blocks.${layer}.attn.pattern`);
  const { activations } = await step(gpt.trace(ids, { hooks }));
  const side = ids.length;
  return hooks.map((hook) => {
    const { data } = activations[hook] ?? { data: new Float32Array() };
    const line = (head: number, t: number) => data.subarray((head * side + t) * side, (head * side + t + 1) * side);
    return Array.from({ length: nHeads }, (_, head) => ids.map((_, t) => line(head, t)));
  });
}

/** Where a head looks on average, from the second position on: shares of what there is to look at. */
export interface Habits {
  first: number;
  previous: number;
  itself: number;
}

/** A head's habits; a single token has only itself to look at. */
export function habitsOf(pattern: Pattern): Habits {
  if (pattern.length < 2) return { first: 1, previous: 0, itself: 1 };
  const mean = (at: (t: number) => number) =>
    pattern.slice(1).reduce((sum, line, i) => sum + (line[at(i + 1)] ?? 0), 0) / (pattern.length - 1);
  return { first: mean(() => 0), previous: mean((t) => t - 1), itself: mean((t) => t) };
}

/** What each of a head's habits would be if every position looked at all it sees alike. */
export function evenShare(positions: number): number {
  if (positions < 2) return 1;
  return Array.from({ length: positions - 1 }, (_, i) => 1 / (i + 2)).reduce((a, b) => a + b, 0) / (positions - 1);
}
