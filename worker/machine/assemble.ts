import { GROUP_ROWS, MAX_CHUNK_BYTES } from "../checkpoint/read-tensors";
import { PANEL } from "../formats";
import { Caches } from "../model/caches";
import type { GPTConfig } from "../model/config";
import { GPTModel } from "../model/gpt";
import { type FileTypes, Weights } from "../model/weights";
import type { EngineOptions, ModelInfo } from "../protocol";
import { align } from "../shape";
import { type Arena, Scratch } from "../wasm/arena";
import type { Engine } from "../wasm/instantiate";
import { Ops, paddedPositions } from "../wasm/ops";
import type { Pool } from "../wasm/pool";
import type { Started } from "./start-engine";
import { WeightWriter } from "./weight-writer";

/** The most positions in one pass; a longer prompt is cut. Blocks of this size keep the kernels near their peak. */
export const CHUNK = 128;
/** The most rows that go through the head at once. */
export const HEAD_ROWS = 16;
/** The most positions in one pass with hooks: its attention maps are kept whole, in the memory of a longer pass. */
export const WATCHED_CHUNK = HEAD_ROWS;

/** A model with memory and threads, its weights still to be written. */
export interface Machine {
  config: GPTConfig;
  engine: Engine;
  pool: Pool;
  arena: Arena;
  ops: Ops;
  weights: Weights;
  writer: WeightWriter;
  model: GPTModel;
  caches: Caches;
  readonly info: Omit<ModelInfo, "tokenizer" | "memoryBytes" | "parameters">;
}

/**
 * Sets up everything that computes, for weights of a file's `types` if they come from one. One thread works until the pool is ready. Throws
 * `GPTError` `out-of-memory`, `wasm-failed`, `unsupported-browser`.
 */
export async function assemble(
  config: GPTConfig,
  options: Pick<EngineOptions, "format" | "cacheFormat">,
  starting: Promise<Started>,
  types?: FileTypes,
): Promise<Machine> {
  const { format = "q8_0", cacheFormat = "f16" } = options;
  const { engine, arena, pool, threadsReason } = await starting;
  const weights = Weights.allocate(config, format, engine.dot, arena, types);
  const scratchBytes = Math.max(passBytes(config), stagingBytes(config));
  const begin = arena.take(scratchBytes);
  const scratch = new Scratch(begin, begin + scratchBytes);
  const ops = new Ops(engine, arena, scratch, pool);
  return {
    config,
    engine,
    pool,
    arena,
    ops,
    weights,
    writer: new WeightWriter(weights, engine.kernels, arena, scratch),
    model: new GPTModel(ops, weights),
    caches: new Caches(config, cacheFormat, arena),
    get info() {
      return {
        format,
        cacheFormat,
        kernels: engine.name,
        kernelsReason: engine.reason,
        threads: pool.size,
        threadsReason: pool.missing ?? threadsReason,
        weightBytes: weights.bytes,
      };
    },
  };
}

/** For a model taken for tied whose head turns out to be its own while the weights are read. Throws `GPTError` `out-of-memory`. */
export function untie(machine: Machine): void {
  machine.weights.untie(machine.arena);
  machine.model = new GPTModel(machine.ops, machine.weights);
}

/**
 * The run state: bytes that one pass over `CHUNK` positions takes on the scratch stack, and the head after it. Counts generously what is
 * live at once, rows of the stream, of a feed-forward and of the head in f32; `Scratch` throws where a pass takes more.
 */
function passBytes(config: GPTConfig): number {
  const { embDim, innerDim, nHeads, contextLength, vocabSize, experts } = config;
  const stream = 14 * embDim + 3 * align(embDim, PANEL);
  const inner = (experts ? 2 : 1) * 5 * innerDim + 5 * (experts?.count ?? 0);
  const perRow = 4 * (stream + inner) + 64;
  const maps = 2 * WATCHED_CHUNK; // rows of scores and of patterns that a watched pass keeps: more than attention holds alone
  const attention = 4 * nHeads * maps * paddedPositions(contextLength);
  const head = 4 * HEAD_ROWS * (vocabSize + 5 * embDim);
  return align(CHUNK * perRow + attention + head + 2 ** 16, 4096);
}

/** A chunk as the checkpoint reader hands it out, raw and widened to f32. */
function stagingBytes({ embDim, innerDim }: GPTConfig): number {
  const block = 4 * GROUP_ROWS.block * Math.max(3 * embDim, innerDim);
  return 4 * Math.max(MAX_CHUNK_BYTES, block);
}
