import { transfer } from "comlink";
import type {
  CreateOptions,
  GPTConfigInput,
  LoadOptions,
  ModelDescription,
  ModelSource,
  Progress,
  StartOptions,
} from "../worker/protocol";
import { addressOf, base, checkObject, show } from "./checks";
import { GPT } from "./gpt";
import { checkPlace, type WorkerClient, withWorker } from "./worker-client";

/** Options of the page's side of a load. */
export interface PageOptions {
  /** Hears how far loading has come; `loaded` never falls. */
  onProgress?: (progress: Progress) => void;
  /** Ends the loading; the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Another address of the package's `worker.js`. */
  workerUrl?: string | URL;
  /** Another address of the kernels' `.wasm`. */
  wasmUrl?: string | URL;
}

/**
 * Loads a checkpoint into a worker of its own.
 *
 * `source`: the address of a folder in the Hugging Face layout, a hub id (`'openai-community/gpt2'`), one `.gguf`,
 * or `{ config, weights, tokenizer }`, each an address, `Blob`, `ArrayBuffer` or object. Rejects with `GPTError`
 * (its `code` says what is wrong), `TypeError` for a wrong option, or the signal's reason; the worker is then gone.
 */
export function loadModel(source: ModelSource, options: LoadOptions & PageOptions = {}): Promise<GPT> {
  return inWorker({ source }, options, (client, rest, start) => client.runtime.load(plain(source), rest, start));
}

/**
 * An untrained model of any configuration, its weights from a seeded generator: the same in every engine.
 * Rejects as `loadModel` does.
 */
export function createModel(config: GPTConfigInput, options: CreateOptions & PageOptions): Promise<GPT> {
  return inWorker({ config }, options, (client, rest, start) => client.runtime.create(config, plain(rest), start));
}

async function inWorker<O extends PageOptions>(
  argument: object,
  options: O,
  load: (client: WorkerClient, rest: Omit<O, keyof PageOptions>, start: StartOptions) => Promise<ModelDescription>,
): Promise<GPT> {
  checkPlace();
  checkObject(options);
  const { onProgress, signal, workerUrl, wasmUrl, ...rest } = options;
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new TypeError(`onProgress: found ${show(onProgress)}; allowed: a function`);
  }
  const given = wasmUrl !== undefined && { wasmUrl: addressOf("wasmUrl", wasmUrl) };
  return withWorker(workerUrl, signal, async (client) => {
    const { port1, port2 } = new MessageChannel();
    // Messages of two ports come in no order: the model waits for the last of its progress.
    const told = new Promise<void>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<Progress | null>) => (data ? onProgress?.(data) : resolve());
    });
    const start = { base: base(), progress: port2, ...given };
    try {
      const description = await client.call(load(client, rest, transfer(start, [port2])), { ...argument, ...rest });
      await client.call(told);
      return new GPT(client, description);
    } finally {
      port1.close();
    }
  });
}

/** A `URL` can't be cloned into a worker; its text can. */
function plain<T>(sources: T): T {
  return withoutURLs(sources, 2) as T; // { tokenizer: { vocab: URL } } is the deepest
}

function withoutURLs(value: unknown, depth: number): unknown {
  if (value instanceof URL) return value.href;
  if (depth === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => withoutURLs(each, depth - 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutURLs(each, depth - 1)]));
}
