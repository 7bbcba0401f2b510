/** `(module (func (result v128) …))`: the shortest modules that need each feature. */
const SIMD = [96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const RELAXED = [96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11];
const HEADER = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1];

/** What of WebAssembly this browser runs; some forbid all of it, as Safari does in Lockdown Mode. */
export function wasmFeatures(): { simd: boolean; relaxedSimd: boolean } {
  const runs = (module: number[]) =>
    typeof WebAssembly === "object" && WebAssembly.validate(Uint8Array.from([...HEADER, ...module]));
  return { simd: runs(SIMD), relaxedSimd: runs(RELAXED) };
}
