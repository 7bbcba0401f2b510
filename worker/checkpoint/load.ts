import { readConfig } from "./config-json";
import { openFile } from "./fetch";
import { type Parameters, planCheckpoint } from "./plan";
import { progressOf } from "./progress";
import { filesOf } from "./source";
import { readConfigJson, readTokenizer } from "./texts";
import type { Checkpoint, LoadProgress, ModelSource } from "./types";
import { readHeader, readTensors } from "./weights";

export interface CheckpointOptions {
  /** The parameters of a configuration → their shapes: the model's side of the contract. */
  parameters: Parameters;
  /** Branch, tag or commit, for a hub id. Default `main`. */
  revision?: string;
  /** What relative addresses are relative to: the page's address. Default: the worker's own. */
  base?: string;
  signal?: AbortSignal;
  /** Hears of the weights file's bytes, from the moment its length is known. */
  onProgress?: (progress: LoadProgress) => void;
}

/**
 * Opens a checkpoint: reads its configuration, its tokenizer and the weights' header, checks that they belong together
 * and plans what becomes of each tensor. The weights themselves flow in `read`.
 * Throws `GPTError` naming the file, key or tensor at fault; the signal's reason when aborted.
 */
export async function openCheckpoint(source: ModelSource, options: CheckpointOptions): Promise<Checkpoint> {
  const { parameters, revision, base = location.href, signal, onProgress } = options;
  const files = filesOf(source, { base, ...(revision !== undefined && { revision }) });
  const stop = new AbortController(); // ends the other downloads when one fails
  const open = { base, signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal };
  const weights = openFile(files.weights, open).then(async (reader) => ({ reader, header: await readHeader(reader) }));
  const config = readConfigJson(files.config, open);
  const texts = readTokenizer(files, open);
  for (const each of [weights, config, texts]) each.catch(() => {}); // awaited below; the first to fail is reported
  try {
    const { json, file } = await config;
    const configFile = readConfig(json, file);
    const { reader, header } = await weights;
    const plan = planCheckpoint(header, configFile, parameters);
    const advance = progressOf(reader.stream.phase, header.fileBytes, onProgress ?? (() => {}));
    return {
      plan,
      tokenizer: await texts,
      async read(onRows) {
        reader.onAdvance = advance;
        await readTensors(reader, header, plan.tensors, onRows);
      },
    };
  } catch (error) {
    stop.abort();
    throw error;
  }
}
