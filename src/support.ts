/** What this page can do, and what to change to get the rest. */
export interface Support {
  /** WebAssembly SIMD: without it the package does not run. */
  simd: boolean;
  /** Faster products, where the engine's are exact. */
  relaxedSimd: boolean;
  /** Several threads on one memory. */
  threads: boolean;
  /** The page is cross-origin isolated, which threads need. */
  isolation: boolean;
  /** Private files of the page's origin. */
  opfs: boolean;
  /** One sentence for each thing that is missing. */
  advice: string[];
}

/** `(module (func (result v128) …))`: the shortest modules that need each feature. */
const SIMD = [96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const RELAXED = [96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11];
const HEADER = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1];

export function support(): Support {
  const simd = WebAssembly.validate(Uint8Array.from([...HEADER, ...SIMD]));
  const relaxedSimd = WebAssembly.validate(Uint8Array.from([...HEADER, ...RELAXED]));
  const isolation = globalThis.crossOriginIsolated === true;
  const threads = isolation && typeof SharedArrayBuffer === "function";
  const opfs = typeof navigator !== "undefined" && typeof navigator.storage?.getDirectory === "function";
  const advice = [
    !simd && "This browser has no WebAssembly SIMD; use one from 2023 or newer.",
    !relaxedSimd && "This browser has no relaxed SIMD; the plain kernels run.",
    !isolation &&
      "For threads, serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.",
    !opfs && "This page has no private file system; downloads are kept in the Cache API or not at all.",
  ].filter((line) => line !== false);
  return { simd, relaxedSimd, threads, isolation, opfs, advice };
}
