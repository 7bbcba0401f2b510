import { type Hooks, matrixOf } from "../inspect/hooks";
import type { Ops } from "../wasm/ops";
import { rows, type Tensor } from "../wasm/tensor";
import { forEachRun, type Run } from "./run";
import type { Matrix, Weights } from "./weights";

/** Token row + position row. */
export class Embedding {
  private readonly tokens: Matrix;
  private readonly positions: Tensor;

  constructor(
    private readonly ops: Ops,
    weights: Weights,
  ) {
    const { contextLength, embDim } = weights.config;
    this.tokens = weights.matrix("tok_emb.weight");
    this.positions = { pointer: weights.plain("pos_emb.weight"), rows: contextLength, cols: embDim, stride: embDim };
  }

  forward(runs: readonly Run[], hooks?: Hooks): Tensor {
    const ids = Int32Array.from(runs.flatMap((run) => [...run.ids]));
    const x = this.ops.gather(ids, this.tokens); // [T, embDim]
    hooks?.("embed", matrixOf(x));
    forEachRun(runs, ({ cache }, begin, end) => {
      const table = rows(this.positions, cache.length, cache.length + end - begin);
      const positions = hooks ? this.ops.copy(table) : table; // [T, embDim]; hooks may change it, but not the weights
      hooks?.("pos_embed", matrixOf(positions));
      this.ops.add(rows(x, begin, end), positions);
    });
    return x;
  }
}
