import { chunk } from "../chunk";
import { GPTError, type GPTErrorCode } from "../errors";
import type { ByteReader } from "./byte-reader";
import { readConfig, withGeneration } from "./config-json";
import { isAbsent, openFile } from "./fetch";
import { openWeights } from "./open-weights";
import { type Parameters, planCheckpoint } from "./plan";
import { progressOf } from "./progress";
import { readTensors } from "./read-tensors";
import { filesOf } from "./source";
import { readConfigJson, readGenerationConfig, readTokenizer } from "./texts";
import type { Checkpoint, FileSource, LoadProgress, ModelSource } from "./types";

export interface CheckpointOptions {
  /** The parameters of a configuration → their shapes: the model's side of the contract. */
  parameters: Parameters;
  /** Branch, tag or commit, for a hub id. Default `main`. */
  revision?: string;
  /** What relative addresses are relative to: the page's address. Default: the worker's own. */
  base?: string;
  /** Keep the files for the next load (see `isKept` for the default). */
  cache?: boolean;
  /** Hears of the weights file's bytes, from the moment its length is known. */
  onProgress?: (progress: LoadProgress) => void;
}

/**
 * Opens a checkpoint: reads its configuration, its tokenizer and the weights' header, checks that they belong together
 * and plans what becomes of each tensor. The weights themselves flow in `read`. Files that were kept by an earlier load
 * and turn out wrong, then or while they are read, are asked for once more.
 * Throws `GPTError` naming the file, key or tensor at fault.
 */
export async function openCheckpoint(source: ModelSource, options: CheckpointOptions): Promise<Checkpoint> {
  const checkpoint = await openOrAsk(source, options);
  const { twins } = checkpoint.plan;
  return twins ? (await chunk(import("./twins"))).withTwins(checkpoint, twins) : checkpoint;
}

async function openOrAsk(source: ModelSource, options: CheckpointOptions): Promise<Checkpoint> {
  const readers: ByteReader[] = [];
  try {
    return await openWith(source, options, readers, false);
  } catch (error) {
    if (!(error instanceof GPTError && anyKept(readers))) throw error;
    return openWith(source, options, [], true);
  }
}

/** What reading says of a file that is not what its header promises. */
const WRONG_FILE: readonly unknown[] = ["truncated", "bad-header"] satisfies GPTErrorCode[];

async function openWith(
  source: ModelSource,
  options: CheckpointOptions,
  readers: ByteReader[],
  fresh: boolean,
): Promise<Checkpoint> {
  const { parameters, revision, base = location.href, cache, onProgress = () => {} } = options;
  const files = filesOf(source, { base, ...(revision !== undefined && { revision }) });
  const stop = new AbortController(); // ends the other downloads when one fails
  const open = async (file: FileSource) => {
    const reader = await openFile(file, { base, fresh, signal: stop.signal, ...(cache !== undefined && { cache }) });
    readers.push(reader);
    return reader;
  };
  const abandon = () => {
    stop.abort();
    for (const { stream } of readers) stream.cancel();
  };
  const weights = openWeights(files, open);
  const config = files.config === undefined ? undefined : readConfigJson(files.config, open);
  const generation = readGenerationConfig(files, open);
  const texts = readTokenizer(files, open);
  for (const each of [weights, config, generation, texts]) each?.catch(() => {}); // awaited below; the first to fail is reported
  try {
    const given = await config?.then(({ json, file }) => readConfig(json, file));
    const { reader, header } = await weights;
    const configFile = given ?? header.own?.config(header.tensors);
    if (!configFile) {
      const message = `${reader.file} needs a config.json: give { config, weights, tokenizer } or a folder's address.`;
      throw new GPTError("bad-argument", message);
    }
    const kept = reader.stream.phase === "cache"; // the load that kept it has looked, and a page that is offline can't
    const begins = await generation.catch((error: unknown) => (kept ? {} : Promise.reject(error)));
    const plan = await planCheckpoint(header, withGeneration(configFile, begins), parameters);
    const tokenizer = (await texts) ?? header.own?.tokenizer();
    let keep = () => Promise.all(readers.map(({ stream }) => stream.keep?.())).then(() => {});
    return {
      plan,
      tokenizer,
      async read(onRows, onOwnHead) {
        reader.onAdvance = progressOf(reader.stream.phase, header.fileBytes, onProgress);
        try {
          await readTensors(reader, header, plan.tensors, onRows);
        } catch (error) {
          abandon();
          if (!(error instanceof GPTError && WRONG_FILE.includes(error.code) && anyKept(readers))) throw error;
          const rest = (progress: LoadProgress) => progress.loaded > reader.position && onProgress(progress);
          const again = await openWith(source, { ...options, onProgress: rest }, [], true);
          const same = JSON.stringify([again.plan, again.tokenizer]) === JSON.stringify([plan, tokenizer]);
          if (!same) throw error; // another model by now; what was kept of the old one is forgotten
          await again.read(onRows, onOwnHead);
          keep = again.keep;
        }
      },
      keep: () => keep(),
    };
  } catch (error) {
    abandon();
    throw isAbsent(error) ? (await chunk(import("./advice"))).absentFile(error, source, files) : error;
  }
}

function anyKept(readers: readonly ByteReader[]): boolean {
  return readers.some(({ stream }) => stream.phase === "cache");
}
