import { GPTError } from "../errors";
import type { Bench } from "./bench";
import { selectHooks } from "./names";
import { Recorder } from "./recorder";

/** How one layer's router spreads the positions over its experts. */
export interface LayerRouting {
  layer: number;
  /** Each position's experts, the one with the largest share first. */
  chosen: number[][];
  /** Share of the places taken by each expert, of positions × topK; they add up to 1. */
  load: number[];
  /** Mean of the router's probability (softmax over all experts' scores) of each expert; they add up to 1. */
  probability: number[];
  /** count · Σ load · probability: 1 when even, `count` when one expert has all (Fedus et al. 2021, arXiv:2101.03961, eq. 4). */
  imbalance: number;
}

export interface Routing {
  ids: number[];
  layers: LayerRouting[];
}

/** Throws `GPTError` `bad-argument` for a model without experts. */
export async function routing({ machine, sequence, halt }: Bench, ids: readonly number[]): Promise<Routing> {
  const { config, arena } = machine;
  const { experts, nLayers } = config;
  if (!experts || config.dummy)
    throw new GPTError(
      "bad-argument",
      "routing() found a model without experts. Create one with experts: { count, topK }.",
    );
  const names = selectHooks(["blocks.*.mlp.router", "blocks.*.mlp.shares"], config);
  const recorder = new Recorder(names, config, arena, { from: 0, rows: ids.length }, false);
  sequence.truncate(0);
  await sequence.extend(ids, halt, recorder.watch);
  const found = recorder.result();
  const rowsOf = (hook: string): number[][] => {
    const recorded = found[hook];
    const data = recorded && "data" in recorded ? recorded.data : new Float32Array();
    return ids.map((_, t) => Array.from(data.subarray(t * experts.count, (t + 1) * experts.count)));
  };
  const layers = Array.from({ length: nLayers }, (_, layer) =>
    describeLayer(layer, rowsOf(`blocks.${layer}.mlp.router`), rowsOf(`blocks.${layer}.mlp.shares`), experts.count),
  );
  return { ids: [...ids], layers };
}

function describeLayer(layer: number, scores: number[][], shares: number[][], count: number): LayerRouting {
  const each = Array.from({ length: count }, (_, e) => e);
  const chosen = shares.map((row) => each.filter((e) => row[e]).sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0)));
  const places = chosen.flat();
  const probabilities = scores.map(softmax);
  const load = each.map((e) => places.filter((taken) => taken === e).length / places.length);
  const probability = each.map((e) => probabilities.reduce((sum, row) => sum + (row[e] ?? 0), 0) / scores.length);
  const imbalance = count * load.reduce((sum, part, e) => sum + part * (probability[e] ?? 0), 0);
  return { layer, chosen, load, probability, imbalance };
}

function softmax(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const weights = row.map((x) => Math.exp(x - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
