import { type Hooks, matrixOf } from "../inspect/hooks";
import type { Ops } from "../wasm/ops";
import type { Tensor } from "../wasm/tensor";
import type { ActivationName } from "./config";
import { Linear } from "./linear";
import type { Weights } from "./weights";

/** The second half of a block, after attention: a feed-forward, or several experts. */
export interface FeedForwardLike {
  forward(x: Tensor, hooks?: Hooks): Tensor;
}

/** embDim → innerDim → activation → embDim (section 4.3), each position by itself. */
export class FeedForward implements FeedForwardLike {
  private readonly up: Linear;
  private readonly down: Linear;
  private readonly activation: ActivationName;

  constructor(
    private readonly ops: Ops,
    weights: Weights,
    name: string,
  ) {
    this.activation = weights.config.activation;
    this.up = Linear.named(ops, weights, `${name}.layers.0`);
    this.down = Linear.named(ops, weights, `${name}.layers.2`);
  }

  forward(x: Tensor, hooks?: Hooks): Tensor {
    const pre = this.up.forward(x); // [T, innerDim]
    hooks?.("pre", matrixOf(pre));
    const post = this.ops.activate(this.activation, pre); // [T, innerDim]
    hooks?.("post", matrixOf(post));
    return this.down.forward(post); // [T, embDim]
  }
}

/** The gated kind: (silu(x W₁ᵀ) · x W₂ᵀ) W₃ᵀ. Shazeer 2020, arXiv:2002.05202, eq. 6. */
export class GatedFeedForward implements FeedForwardLike {
  private readonly gate: Linear;
  private readonly up: Linear;
  private readonly down: Linear;

  constructor(
    private readonly ops: Ops,
    weights: Weights,
    name: string,
  ) {
    this.gate = Linear.named(ops, weights, `${name}.fc1`);
    this.up = Linear.named(ops, weights, `${name}.fc2`);
    this.down = Linear.named(ops, weights, `${name}.fc3`);
  }

  forward(x: Tensor, hooks?: Hooks): Tensor {
    const pre = this.gate.forward(x); // [T, innerDim]
    hooks?.("pre", matrixOf(pre));
    const post = this.ops.activate("swiglu", this.up.forward(x), pre); // [T, innerDim]
    hooks?.("post", matrixOf(post));
    return this.down.forward(post); // [T, embDim]
  }
}
