import { createCandidates } from "../../worker/sampling/candidates";
import { BLOCK, type SamplingKernels } from "../../worker/sampling/kernels";

/** The passes over the vocabulary in plain TypeScript, in f64. */
export function createPlainKernels(vocabSize: number): SamplingKernels {
  const scores = new Float32Array(vocabSize);
  const maxima = new Float32Array(Math.ceil(vocabSize / BLOCK));
  const sums = new Float32Array(maxima.length);
  const moments = new Float32Array(maxima.length);
  const perBlock = (out: Float32Array, from: number, add: (sum: number, i: number) => number): Float32Array => {
    for (let b = 0; b < out.length; b++) {
      let sum = from;
      for (let i = b * BLOCK; i < Math.min(vocabSize, (b + 1) * BLOCK); i++) sum = add(sum, i);
      out[b] = sum;
    }
    return out;
  };
  const blockSumExp = (x: Float32Array, max: number, scale: number): Float32Array =>
    perBlock(sums, 0, (sum, i) => sum + Math.exp(((x[i] ?? -Infinity) - max) * scale));
  return {
    vocabSize,
    candidates: createCandidates(vocabSize),
    scores: () => scores,
    blockMax: (x) => perBlock(maxima, -Infinity, (max, i) => Math.max(max, x[i] ?? max)),
    blockSumExp,
    blockMoments: (x, max, scale) => ({
      sums: blockSumExp(x, max, scale),
      moments: perBlock(moments, 0, (sum, i) => {
        const y = ((x[i] ?? -Infinity) - max) * scale;
        return sum + Math.max(y, -1000) * Math.exp(y);
      }),
    }),
  };
}
