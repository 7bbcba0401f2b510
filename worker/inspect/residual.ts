import type { Machine } from "../machine/assemble";
import type { Bench } from "./bench";
import { streamHooks } from "./names";
import { readValues } from "./values";

/** One line of a table over positions. */
export interface StreamPart {
  hook: string;
  /** √Σx² at each position. */
  norms: number[];
  /** How much of the final stream this part is: x·r / r·r at each position. They add up to 1 over the parts. */
  shares?: number[];
}

/** How long the residual stream is on its way, and what each half of each block adds to it. */
export interface Residual {
  ids: number[];
  /** The stream itself: before the first block, then after each. */
  stream: StreamPart[];
  /** The embeddings, and what attention and feed-forward add. Without shortcuts they do not add up, without blocks no stream is seen: no shares. */
  parts: StreamPart[];
}

export async function residual({ machine, sequence, halt }: Bench, ids: readonly number[]): Promise<Residual> {
  const { config, arena } = machine;
  const lines = (hooks: string[]) => hooks.map((hook): StreamPart => ({ hook, norms: [] }));
  const stream = lines(streamHooks(config.nLayers));
  const parts = lines(partsOf(config));
  const byHook = new Map([...stream, ...parts].map((line) => [line.hook, line]));
  const final = stream.at(-1)?.hook;
  if (config.shortcuts && final) for (const line of parts) line.shares = [];
  sequence.truncate(0);
  await sequence.extend(ids, halt, () => {
    const seen = new Map<StreamPart, Float32Array>();
    return (name, activation) => {
      const line = byHook.get(name);
      if (!line) return;
      const values = readValues(arena, activation); // [T, embDim]
      line.norms.push(...rowsOf(values, config.embDim).map((row) => Math.sqrt(dot(row, row))));
      if (line.shares) seen.set(line, values);
      if (name !== final) return;
      const r = rowsOf(values, config.embDim);
      for (const [{ shares }, x] of seen) shares?.push(...rowsOf(x, config.embDim).map((row, t) => share(row, r[t])));
    };
  });
  return { ids: [...ids], stream, parts };
}

/** What is added up to the stream: the embeddings, and both halves of each block. */
function partsOf({ nLayers, dummy }: Machine["config"]): string[] {
  const added = (n: number) => [`blocks.${n}.attn_out`, `blocks.${n}.mlp_out`];
  const blocks = Array.from({ length: dummy ? 0 : nLayers }, (_, n) => added(n));
  return ["embed", "pos_embed", ...blocks.flat()];
}

function rowsOf(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, t) => values.subarray(t * width, (t + 1) * width));
}

function share(x: Float32Array, r = x): number {
  return dot(x, r) / dot(r, r);
}

/** In f64. */
function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}
