import { GPTError, messageOf } from "../errors";
import type { KernelsName } from "../protocol";
import { wasmFeatures } from "./features";
import type * as binding from "./kernels.simd";

/** The exports of the kernels, their types written by the compiler. */
export type Kernels = Awaited<ReturnType<typeof binding.instantiate>>;

/** A running set of kernels on a memory. */
export interface Engine {
  kernels: Kernels;
  memory: WebAssembly.Memory;
  module: WebAssembly.Module;
  name: KernelsName;
  reason: string;
  dot: DotProduct;
  /** A product and the sum after it are rounded once, not twice. */
  fused: boolean;
}

/** What the integer dot product is like. */
export interface DotProduct {
  /** False where it saturates, as on x86 before AVX-VNNI. */
  exact: boolean;
  /** Added to the 8-bit weights: 128 where it takes them as unsigned. */
  zero: number;
}

const BINARIES: Record<KernelsName, URL> = {
  simd: new URL("./kernels.simd.wasm", import.meta.url),
  relaxed: new URL("./kernels.relaxed.wasm", import.meta.url),
};
const MAXIMUM_PAGES = [65536, 32768, 16384, 8192];
const INITIAL_PAGES = 16;

/**
 * Starts the kernels: the relaxed binary where the engine has relaxed SIMD, the plain one elsewhere; on a shared memory
 * where the page is isolated. Throws `GPTError` `wasm-failed` or `unsupported-browser`.
 */
export async function instantiate(choice: KernelsName | "auto", shared: boolean, wasmUrl?: string): Promise<Engine> {
  const { simd, relaxedSimd } = wasmFeatures();
  if (!simd) {
    const advice = "Use one from 2023 or newer, and not in Lockdown Mode.";
    throw new GPTError("unsupported-browser", `This browser runs no WebAssembly SIMD. ${advice}`);
  }
  if (wasmUrl) return start(choice, wasmUrl, shared, "the binary at wasmUrl");
  if (choice === "relaxed" && !relaxedSimd) {
    throw new GPTError("unsupported-browser", "This browser has no relaxed SIMD. Use kernels: 'auto' or 'simd'.");
  }
  if (choice !== "auto") return start(choice, BINARIES[choice], shared, "as asked");
  if (relaxedSimd) return start("relaxed", BINARIES.relaxed, shared, "the fastest here");
  return start("simd", BINARIES.simd, shared, "this browser has no relaxed SIMD");
}

async function fetchBinary(url: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const failed = (what: string, cause?: unknown) =>
    new GPTError(
      "wasm-failed",
      `The kernels at ${url} ${what}. Serve the package's .wasm files there, or set wasmUrl.`,
      { cause },
    );
  const unreachable = (cause: unknown) => {
    throw failed(`could not be fetched whole (network, or the page's connect-src policy): ${String(cause)}`, cause);
  };
  const response = await fetch(url).catch(unreachable);
  if (!response.ok) throw failed(`answered ${response.status} ${response.statusText}`.trimEnd());
  const bytes = new Uint8Array(await response.arrayBuffer().catch(unreachable));
  const magic = new TextDecoder().decode(bytes.subarray(0, 4));
  if (magic !== "\0asm") throw failed(magic.trimStart().startsWith("<") ? "are an HTML page" : "are not WebAssembly");
  return bytes;
}

async function start(asked: KernelsName | "auto", url: string | URL, shared: boolean, reason: string): Promise<Engine> {
  const bytes = await fetchBinary(url);
  const memory = createMemory(shared);
  let module: WebAssembly.Module;
  let instance: WebAssembly.Instance;
  try {
    module = await WebAssembly.compile(shared ? bytes : unshared(bytes));
    instance = await WebAssembly.instantiate(module, { env: { memory } });
  } catch (cause) {
    throw new GPTError("wasm-failed", explain(cause, url), { cause });
  }
  const kernels = instance.exports as unknown as Kernels;
  const name = kernels.is_relaxed() ? "relaxed" : "simd";
  if (asked !== "auto" && asked !== name) {
    throw new GPTError(
      "wasm-failed",
      `wasmUrl gives the ${name} kernels, but kernels is '${asked}'. Change one of them.`,
    );
  }
  const dot = probe(kernels, memory);
  const note = dot.exact ? "" : "; its 8-bit dot product saturates, so integers are widened first";
  return { kernels, memory, module, name, reason: reason + note, dot, fused: kernels.is_fused(1 + 2 ** -12) === 1 };
}

function explain(cause: unknown, url: string | URL): string {
  const message = messageOf(cause);
  if (/unsafe-eval|Content Security Policy/i.test(message)) {
    return `The Content-Security-Policy of the page or of worker.js forbids WebAssembly: add 'wasm-unsafe-eval' to script-src. (${message})`;
  }
  return `The kernels at ${url} do not start: ${message}. A cut download? Serve the package's own .wasm files there.`;
}

function createMemory(shared: boolean): WebAssembly.Memory {
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    } catch {
      // A phone may refuse to set 4 GB of addresses aside; ask for less.
    }
  }
  throw new GPTError(
    "out-of-memory",
    "The browser refused to create a WebAssembly memory of 512 MB. Close other tabs.",
  );
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

/** Free memory below the weights, used before anything else is there. */
const PROBE_ADDRESS = 2048;

/**
 * How the dot product takes its second operand, by its sign and by its saturation: exactly as unsigned (the weights are
 * stored with 128 added), exactly as signed (the plain binary's always is), or neither.
 */
function probe(kernels: Kernels, memory: WebAssembly.Memory): DotProduct {
  const dot = (a: number, b: number) => {
    new Int8Array(memory.buffer, PROBE_ADDRESS, 16).fill(a);
    new Uint8Array(memory.buffer, PROBE_ADDRESS + 16, 16).fill(b);
    kernels.probe_dot(PROBE_ADDRESS);
    return new Int32Array(memory.buffer, PROBE_ADDRESS + 32, 1)[0];
  };
  const isDotOf = (b: number) => [1, 127, -128].every((a) => dot(a, b & 255) === 4 * a * b);
  if (isDotOf(255)) return { exact: true, zero: 128 };
  return { exact: isDotOf(-1) && isDotOf(-128), zero: 0 };
}
