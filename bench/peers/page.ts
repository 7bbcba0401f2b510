import { load as gptWorker } from "./adapters/gpt-worker";
import { load as onnxruntime } from "./adapters/onnxruntime";
import { load as transformers } from "./adapters/transformers";
import { load as wllama2 } from "./adapters/wllama-2";
import { load as wllama3 } from "./adapters/wllama-3";
import type { Contender } from "./contenders";
import type { Load } from "./peer";

const ADAPTERS: Record<Contender["adapter"], Load> = {
  "gpt-worker": gptWorker,
  onnxruntime,
  transformers,
  "wllama 2": wllama2,
  "wllama 3": wllama3,
};

/** Of one run on a fresh page. Times in ms, rates in tokens per second. */
export interface Figures {
  load: number;
  prefill128: number;
  prefill512: number;
  decode16: number;
  decode512: number;
}

const VOCABULARY = 50257;
/** Timed single tokens, after the first. */
const NEW = 24;

/** Loads a peer on this page and times it. */
export async function measurePeer({ adapter, model, options = {} }: Contender, threads: number): Promise<Figures> {
  const started = performance.now();
  const peer = await ADAPTERS[adapter](model, threads, options);
  const load = performance.now() - started;
  const text = async (salt: number, length: number, count: number) => {
    const ids = Array.from({ length }, (_, i) => (salt * 7919 + i * 104729) % VOCABULARY);
    const { first, rest, count: made } = await peer.generate(ids, count);
    if (made !== count) throw new Error(`${adapter} wrote ${made} tokens, expected ${count}`);
    return { prefill: (1000 * length) / first, decode: (1000 * (made - 1)) / rest };
  };
  await text(1, 16, 8); // warm: the engines compile on the way
  const short = await text(2, 16, 1 + NEW);
  const middle = await text(3, 128, 1);
  const long = await text(4, 512, 1 + NEW);
  return {
    load,
    prefill128: middle.prefill,
    prefill512: long.prefill,
    decode16: short.decode,
    decode512: long.decode,
  };
}
