import { wasmFeatures } from "../worker/protocol";

/** What this page can do, and what to change to get the rest. */
export interface Support {
  /** WebAssembly SIMD: without it the package does not run. */
  simd: boolean;
  /** Relaxed SIMD: faster products. */
  relaxedSimd: boolean;
  /** Several threads on one memory. */
  threads: boolean;
  /** The page is cross-origin isolated, which threads need. */
  isolation: boolean;
  /** Private files of the page's origin. The package needs none: it keeps downloads in the Cache API. */
  opfs: boolean;
  /** One sentence for each thing that is missing. */
  advice: string[];
}

export function support(): Support {
  const { simd, relaxedSimd } = wasmFeatures();
  const isolation = globalThis.crossOriginIsolated === true;
  const threads = isolation && typeof SharedArrayBuffer === "function";
  const opfs = typeof navigator !== "undefined" && typeof navigator.storage?.getDirectory === "function";
  const advice = [
    !simd && "This browser runs no WebAssembly SIMD: use one from 2023 or newer, and not in Lockdown Mode.",
    !relaxedSimd && "This browser has no relaxed SIMD; the plain kernels run.",
    !isolation &&
      "For threads, serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.",
    globalThis.isSecureContext === false && "On plain http browsers keep no downloads: serve the page over https.",
  ].filter((line) => line !== false);
  return { simd, relaxedSimd, threads, isolation, opfs, advice };
}
