import { type Hooks, matrixOf } from "../inspect/hooks";
import type { Ops } from "../wasm/ops";
import type { Tensor } from "../wasm/tensor";
import type { GPTConfig } from "./config";
import type { Weights } from "./weights";

/** LayerNorm (section 4.2) or RMSNorm, by the configuration. */
export class Norm {
  private readonly config: GPTConfig;
  private readonly scale: number;
  private readonly shift: number;

  constructor(
    private readonly ops: Ops,
    weights: Weights,
    name: string,
  ) {
    this.config = weights.config;
    this.scale = weights.plain(`${name}.scale`);
    this.shift = weights.plain(`${name}.shift`);
  }

  forward(x: Tensor, hooks?: Hooks): Tensor {
    const { norm, normEps } = this.config;
    const { normalized, scale } = this.ops.normalize(norm, x, normEps); // [T, embDim], [T, 1]
    hooks?.("scale", matrixOf(scale));
    hooks?.("normalized", matrixOf(normalized));
    return this.ops.scaleShift(normalized, this.scale, this.shift); // [T, embDim]
  }
}

/** Lets its input through: the dummy model's (section 4.1). */
export class DummyNorm {
  forward(x: Tensor): Tensor {
    return x;
  }
}
