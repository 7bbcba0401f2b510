import { type Hooks, within } from "../inspect/hooks";
import type { Ops } from "../wasm/ops";
import type { Tensor } from "../wasm/tensor";
import { Embedding } from "./embedding";
import { Linear } from "./linear";
import { DummyNorm, Norm } from "./norm";
import { lastRows, type Run } from "./run";
import { DummyTransformerBlock, TransformerBlock } from "./transformer-block";
import type { Weights } from "./weights";

/**
 * The GPT of section 4.6. A pass is a generator that pauses after each block, where its caller may hear an abort;
 * a pass given up leaves the caches as they were.
 */
export class GPTModel {
  private readonly embedding: Embedding;
  private readonly blocks: readonly (TransformerBlock | DummyTransformerBlock)[];
  private readonly finalNorm: Norm | DummyNorm;
  private readonly outHead: Linear;

  constructor(
    private readonly ops: Ops,
    weights: Weights,
  ) {
    const { nLayers, dummy } = weights.config;
    this.embedding = new Embedding(ops, weights);
    this.blocks = Array.from({ length: nLayers }, (_, n) =>
      dummy ? new DummyTransformerBlock() : new TransformerBlock(ops, weights, n),
    );
    this.finalNorm = dummy ? new DummyNorm() : new Norm(ops, weights, "final_norm");
    this.outHead = new Linear(ops, weights.head); // tied: the embedding's own rows
  }

  /** The logits of each run's last position [runs, vocabSize]. */
  *forward(runs: readonly Run[], hooks?: Hooks): Generator<void, Tensor> {
    const x = yield* this.hidden(runs, hooks); // [T, embDim]
    const last = lastRows(runs);
    return this.logits(this.ops.pick(x, last), hooks, last); // [runs, vocabSize]
  }

  /** The residual stream after the last block [T, embDim]; the caches grow by the runs' ids. */
  *hidden(runs: readonly Run[], hooks?: Hooks): Generator<void, Tensor> {
    const x = this.embedding.forward(runs, hooks); // [T, embDim]
    for (const [n, block] of this.blocks.entries()) {
      block.forward(x, runs, within(`blocks.${n}`, hooks)); // [T, embDim]
      yield;
    }
    for (const { cache, ids } of runs) cache.advance(ids.length);
    return x;
  }

  /** Final norm and output head, row by row: [rows, embDim] → [rows, vocabSize]. `which` rows of the pass, if not all. */
  logits(x: Tensor, hooks?: Hooks, which?: readonly number[]): Tensor {
    const normalized = this.finalNorm.forward(x, within("ln_final", hooks, which)); // [rows, embDim]
    return this.outHead.forward(normalized); // [rows, vocabSize]
  }
}
