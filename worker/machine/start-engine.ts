import type { EngineOptions } from "../protocol";
import { Arena } from "../wasm/arena";
import { type Engine, instantiate } from "../wasm/instantiate";
import { Pool } from "../wasm/pool";

/** Where the threads' control block ends and the model's memory begins; the kernels have no data of their own in it. */
const BASE = 4096;
const MAX_AUTO_THREADS = 8;

const NOT_ISOLATED =
  "the page is not cross-origin isolated; serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
const NO_ORIGIN = "a page without an origin (sandboxed, or from data:) shares no memory with threads";

/** What computes, whatever the model. */
export interface Started {
  engine: Engine;
  arena: Arena;
  /** Its helpers come up meanwhile. */
  pool: Pool;
  threadsReason: string;
}

/** Fetches and starts the kernels and the threads, as early as may be: `assemble` waits for the kernels, and throws what fails. */
export function startEngine(options: EngineOptions, wasmUrl?: string): Promise<Started> {
  const starting = start(options, wasmUrl);
  starting.catch(() => undefined);
  return starting;
}

async function start({ kernels = "auto", threads: asked = "auto" }: EngineOptions, wasmUrl?: string): Promise<Started> {
  const { threads, threadsReason } = chooseThreads(asked);
  const engine = await instantiate(kernels, crossOriginIsolated, wasmUrl);
  const arena = new Arena(engine.memory, BASE);
  return { engine, arena, pool: Pool.start(engine, arena, threads, asked === "auto"), threadsReason };
}

function chooseThreads(asked: number | "auto"): { threads: number; threadsReason: string } {
  if (asked === 1) return { threads: 1, threadsReason: "as asked" };
  if (!crossOriginIsolated)
    return { threads: 1, threadsReason: globalThis.origin === "null" ? NO_ORIGIN : NOT_ISOLATED };
  const cores = navigator.hardwareConcurrency;
  if (asked === "auto")
    return { threads: Math.min(cores, MAX_AUTO_THREADS), threadsReason: `this machine has ${cores} cores` };
  return { threads: asked, threadsReason: "as asked" };
}
