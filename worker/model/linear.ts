import type { Ops } from "../wasm/ops";
import type { Tensor } from "../wasm/tensor";
import type { Matrix, Weights } from "./weights";

/** x Wᵀ + b: the weights' format picks the kernel. */
export class Linear {
  constructor(
    private readonly ops: Ops,
    private readonly weight: Matrix,
    private readonly bias = 0,
  ) {}

  /** The parameters `name.weight` and, where there is one, `name.bias`. */
  static named(ops: Ops, weights: Weights, name: string): Linear {
    return new Linear(ops, weights.matrix(`${name}.weight`), weights.plain(`${name}.bias`));
  }

  forward(x: Tensor): Tensor {
    return this.ops.linear(x, this.weight, this.bias); // [T, outs]
  }
}
