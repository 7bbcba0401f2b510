import type { Candidates } from "./candidates";

/** Tokens a block: the reductions over the vocabulary answer once per block, so that later passes visit few of them. */
export const BLOCK = 64;

/** f32 [⌈vocabSize / BLOCK⌉] each. */
export interface BlockMoments {
  sums: Float32Array;
  moments: Float32Array;
}

/**
 * The passes over the whole vocabulary, and the working memory that all samplers of one model share, taking turns. `x`
 * is the model's logits, `scores()`, or any other row of vocabSize scores; what a call returns is valid until the next
 * call that returns the same.
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
  /** The same sums in one pass with Σ y · exp(y), y = (x − max) · scale, of each block; what −Infinity weighs is 0. */
  blockMoments(x: Float32Array, max: number, scale: number): BlockMoments;
}
