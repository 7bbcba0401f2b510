import { type Candidates, createCandidates } from "./candidates";

/** Tokens a block: the reductions over the vocabulary answer once per block, so that later passes visit few of them. */
export const BLOCK = 64;

/**
 * The passes over the whole vocabulary, and the working memory that all samplers of one model share, taking turns. `x`
 * is the model's logits, `scores()`, or any other row of vocabSize scores; what a call returns is valid until the next
 * call of the same function.
 */
export interface SamplingKernels {
  readonly vocabSize: number;
  /** Room for the whole vocabulary. */
  readonly candidates: Candidates;
  /** f32 [vocabSize], the same memory each time. */
  scores(): Float32Array;
  /** f32 [⌈vocabSize / BLOCK⌉]: the largest value of each block. */
  blockMax(x: Float32Array): Float32Array;
  /** f32 [⌈vocabSize / BLOCK⌉]: Σ exp((x − max) · scale) of each block; NaN where x holds one. 0 < scale < Infinity. */
  blockSumExp(x: Float32Array, max: number, scale: number): Float32Array;
  /** f32 [⌈vocabSize / BLOCK⌉]: Σ y · exp(y), y = (x − max) · scale, of each block; what −Infinity weighs is 0. */
  blockSumYExp(x: Float32Array, max: number, scale: number): Float32Array;
}

/** The same in plain TypeScript, in f64: what the WebAssembly kernels are tested against. */
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
  return {
    vocabSize,
    candidates: createCandidates(vocabSize),
    scores: () => scores,
    blockMax: (x) => perBlock(maxima, -Infinity, (max, i) => Math.max(max, x[i] ?? max)),
    blockSumExp: (x, max, scale) => perBlock(sums, 0, (sum, i) => sum + Math.exp(((x[i] ?? -Infinity) - max) * scale)),
    blockSumYExp: (x, max, scale) =>
      perBlock(moments, 0, (sum, i) => {
        const y = ((x[i] ?? -Infinity) - max) * scale;
        return sum + Math.max(y, -1000) * Math.exp(y);
      }),
  };
}
