import { createCandidates } from "./candidates";
import { BLOCK, type SamplingKernels } from "./kernels";

/** The kernels of assembly/sampling.ts. */
export interface SamplingExports {
  block_max(out: number, x: number, n: number): void;
  block_sum_exp(out: number, x: number, n: number, max: number, scale: number): void;
  block_moments(sums: number, moments: number, x: number, n: number, max: number, scale: number): void;
}

/**
 * The passes by the WebAssembly kernels. `allocate` hands out bytes of `memory` that stay: 8.2 a token of the
 * vocabulary. Scores that lie elsewhere are copied in first.
 */
export function createWasmKernels(
  kernels: SamplingExports,
  memory: WebAssembly.Memory,
  allocate: (bytes: number) => number,
  vocabSize: number,
): SamplingKernels {
  const blocks = Math.ceil(vocabSize / BLOCK);
  const scores = allocate(vocabSize * 4);
  const spare = allocate(vocabSize * 4);
  const maxima = allocate(blocks * 4);
  const sums = allocate(blocks * 4);
  const moments = allocate(blocks * 4);
  const view = (pointer: number, length: number): Float32Array => new Float32Array(memory.buffer, pointer, length);
  const pointerOf = (x: Float32Array): number => {
    if (x.buffer === memory.buffer) return x.byteOffset;
    view(spare, vocabSize).set(x);
    return spare;
  };
  return {
    vocabSize,
    candidates: createCandidates(vocabSize),
    scores: () => view(scores, vocabSize),
    blockMax(x) {
      kernels.block_max(maxima, pointerOf(x), vocabSize);
      return view(maxima, blocks);
    },
    blockSumExp(x, max, scale) {
      kernels.block_sum_exp(sums, pointerOf(x), vocabSize, max, scale);
      return view(sums, blocks);
    },
    blockMoments(x, max, scale) {
      kernels.block_moments(sums, moments, pointerOf(x), vocabSize, max, scale);
      return { sums: view(sums, blocks), moments: view(moments, blocks) };
    },
  };
}
