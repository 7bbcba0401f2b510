import { GPTError } from "../errors";
import type { KernelsName } from "../protocol";
import type * as binding from "./kernels.simd";

/** The exports of the kernels, their types written by the compiler. */
export type Kernels = Awaited<ReturnType<typeof binding.instantiate>> & Coming;

/** The kernels of the formats that are being written. */
type Coming = {
  [K in
    | `${"pack" | "rows" | "matmul"}_${"f16" | "q8_0" | "q4_0"}`
    | `${"kv_store" | "attention" | "attention_scores" | "attention_mix"}_f16`
    | "quantize"]: (...args: [number, number, ...number[], number, number]) => void;
} & {
  probe_dot(out: number): void;
  max_abs(x: number, n: number): number;
  fill_normal(out: number, base: bigint, std: number, first: number, count: number): void;
};

/** A running set of kernels on a memory. */
export interface Engine {
  kernels: Kernels;
  memory: WebAssembly.Memory;
  module: WebAssembly.Module;
  name: KernelsName;
  reason: string;
  /** Added to the 8-bit weights: 128 where the engine's dot product takes them as unsigned, else 0. */
  zero: number;
}

const BINARIES: Record<KernelsName, URL> = {
  simd: new URL("./kernels.simd.wasm", import.meta.url),
  relaxed: new URL("./kernels.relaxed.wasm", import.meta.url),
};
const MAXIMUM_PAGES = [65536, 32768, 16384, 8192];
const INITIAL_PAGES = 16;

/**
 * Starts the kernels: the relaxed binary where the engine has relaxed SIMD and its dot product is exact, the
 * plain one elsewhere; on a shared memory where the page is isolated.
 * Throws `GPTError` `wasm-failed` or `unsupported-browser`.
 */
export async function instantiate(choice: KernelsName | "auto", shared: boolean, wasmUrl?: string): Promise<Engine> {
  if (wasmUrl) return usable(await start(choice, await fetchBinary(wasmUrl), shared, "the binary at wasmUrl"));
  if (choice === "simd") return start("simd", await fetchBinary(BINARIES.simd), shared, "as asked");
  const bytes = await fetchBinary(BINARIES.relaxed);
  if (choice === "relaxed") return usable(await start("relaxed", bytes, shared, "as asked"));
  let reason = "this browser has no relaxed SIMD";
  if (WebAssembly.validate(bytes)) {
    const engine = await start("relaxed", bytes, shared, "the relaxed dot product is exact here");
    if (engine.zero >= 0) return engine;
    reason = "the relaxed dot product is not exact here";
  }
  return start("simd", await fetchBinary(BINARIES.simd), shared, reason);
}

function usable(engine: Engine): Engine {
  if (engine.zero >= 0) return engine;
  throw new GPTError(
    "unsupported-browser",
    "The relaxed dot product is not exact in this browser. Use kernels: 'auto' or 'simd'.",
  );
}

async function fetchBinary(url: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const failed = (what: string, cause?: unknown) =>
    new GPTError(
      "wasm-failed",
      `The kernels at ${url} ${what}. Serve the package's .wasm files there, or set wasmUrl.`,
      { cause },
    );
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw failed("could not be fetched (network, or the page's connect-src policy)", cause);
  }
  if (!response.ok) throw failed(`answered ${response.status} ${response.statusText}`.trimEnd());
  const bytes = new Uint8Array(await response.arrayBuffer());
  const magic = new TextDecoder().decode(bytes.subarray(0, 4));
  if (magic !== "\0asm") throw failed(magic.trimStart().startsWith("<") ? "are an HTML page" : "are not WebAssembly");
  return bytes;
}

async function start(
  asked: KernelsName | "auto",
  bytes: Uint8Array<ArrayBuffer>,
  shared: boolean,
  reason: string,
): Promise<Engine> {
  const memory = createMemory(shared);
  let module: WebAssembly.Module;
  let instance: WebAssembly.Instance;
  try {
    module = await WebAssembly.compile(shared ? bytes : unshared(bytes));
    instance = await WebAssembly.instantiate(module, { env: { memory } });
  } catch (cause) {
    throw new GPTError("wasm-failed", explain(cause), { cause });
  }
  const kernels = instance.exports as unknown as Kernels;
  const name = kernels.is_relaxed() ? "relaxed" : "simd";
  if (asked !== "auto" && asked !== name) {
    throw new GPTError("wasm-failed", `wasmUrl names the ${name} kernels, kernels: '${asked}' asks for the others.`);
  }
  return { kernels, memory, module, name, reason, zero: name === "relaxed" ? probe(kernels, memory) : 0 };
}

function explain(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/unsafe-eval|Content Security Policy/i.test(message)) {
    return `The page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src. (${message})`;
  }
  return `The kernels do not start: ${message}. A cut download? This package needs WebAssembly SIMD.`;
}

function createMemory(shared: boolean): WebAssembly.Memory {
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    } catch {
      // A phone may refuse to set 4 GB of addresses aside; ask for less.
    }
  }
  throw new GPTError("out-of-memory", "The browser refused to create a WebAssembly memory of 512 MB.");
}

/** The same module for an unshared memory: the import differs in one byte, the limits' flag (3 → 1). */
function unshared(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode("\x03env\x06memory\x02\x03");
  const at = bytes.findIndex((_, i) => text.every((byte, j) => bytes[i + j] === byte));
  if (at < 0) return bytes;
  const copy = bytes.slice();
  copy[at + text.length - 1] = 1;
  return copy;
}

/**
 * How this engine's relaxed dot product takes its second operand, by its sign and by its saturation:
 * 128 (unsigned: add 128 to the weights), 0 (signed), −1 (neither exactly: don't use it).
 */
function probe(kernels: Kernels, memory: WebAssembly.Memory): number {
  const at = PROBE_ADDRESS;
  const dot = (a: number, b: number) => {
    new Int8Array(memory.buffer, at, 16).fill(a);
    new Uint8Array(memory.buffer, at + 16, 16).fill(b);
    kernels.probe_dot(at);
    return new Int32Array(memory.buffer, at + 32, 1)[0];
  };
  const small = dot(1, 255);
  if (small === 4 * 255 && dot(127, 255) === 4 * 127 * 255 && dot(-128, 255) === -4 * 128 * 255) return 128;
  if (small === -4 && dot(127, 128) === -4 * 127 * 128 && dot(-128, 128) === 4 * 128 * 128) return 0;
  return -1;
}

/** Free memory below the weights, used before anything else is there. */
const PROBE_ADDRESS = 2048;
