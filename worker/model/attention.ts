import { type Hooks, headsOf, mapsOf } from "../inspect/hooks";
import type { Ops } from "../wasm/ops";
import { columns, rows, type Tensor } from "../wasm/tensor";
import type { GPTConfig } from "./config";
import { Linear } from "./linear";
import { forEachRun, type Run } from "./run";
import type { Weights } from "./weights";

/** Multi-head causal attention (chapter 3) over the key-value cache: the one place where tokens talk to each other. */
export class MultiHeadAttention {
  private readonly config: GPTConfig;
  private readonly qkv: Linear;
  private readonly outProj: Linear;
  /** Columns from query to key and from key to value: embDim, padded to whole panels. */
  private readonly step: number;

  constructor(
    private readonly ops: Ops,
    weights: Weights,
    name: string,
    private readonly layer: number,
  ) {
    const { matrix, bias } = weights.stacked(name);
    this.config = weights.config;
    this.step = matrix.outs / 3;
    this.qkv = new Linear(ops, matrix, bias);
    this.outProj = Linear.named(ops, weights, `${name}.out_proj`);
  }

  forward(x: Tensor, runs: readonly Run[], hooks?: Hooks): Tensor {
    const { embDim, nHeads } = this.config;
    const qkv = this.qkv.forward(x); // [T, 3 · step]
    const projection = (i: number) => columns(qkv, i * this.step, i * this.step + embDim);
    const [q, k, v] = [projection(0), projection(1), projection(2)]; // [T, nHeads · headDim] each
    hooks?.("q", headsOf(q, nHeads));
    hooks?.("k", headsOf(k, nHeads));
    hooks?.("v", headsOf(v, nHeads));
    const z = this.ops.tensor(x.rows, embDim); // [T, nHeads · headDim]
    forEachRun(runs, (run, begin, end) => {
      const part = (t: Tensor) => rows(t, begin, end);
      this.attend(run, part(z), part(q), part(k), part(v), hooks);
    });
    hooks?.("z", headsOf(z, nHeads));
    return this.outProj.forward(z); // [T, embDim]
  }

  /** softmax(q Kᵀ / √headDim) V of one sequence; with hooks, in steps that can be seen. */
  private attend({ cache }: Run, z: Tensor, q: Tensor, k: Tensor, v: Tensor, hooks?: Hooks): void {
    const { embDim, nHeads } = this.config;
    const kv = cache.layer(this.layer);
    const shape = { nHeads, headDim: embDim / nHeads, position: cache.length };
    this.ops.store(kv, k, v, shape);
    if (!hooks) {
      this.ops.attention(z, q, kv, shape);
      return;
    }
    const positions = cache.length + q.rows;
    const scores = this.ops.attentionScores(q, kv, shape); // [nHeads, T, positions]
    hooks("scores", mapsOf(scores, nHeads, positions));
    const pattern = this.ops.attentionPattern(scores, shape); // [nHeads, T, positions]
    hooks("pattern", mapsOf(pattern, nHeads, positions));
    this.ops.attentionMix(z, pattern, kv, shape);
  }
}
