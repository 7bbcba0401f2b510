import { type Hooks, matrixOf, within } from "../inspect/hooks";
import type { Ops } from "../wasm/ops";
import type { Tensor } from "../wasm/tensor";
import { MultiHeadAttention } from "./attention";
import { FeedForward, type FeedForwardLike, GatedFeedForward } from "./feed-forward";
import { MixtureOfExperts } from "./mixture-of-experts";
import { Norm } from "./norm";
import type { Run } from "./run";
import type { Weights } from "./weights";

/** Norm, attend, add; norm, feed, add (section 4.5). In and out have the same shape, so blocks stack. */
export class TransformerBlock {
  private readonly norm1: Norm;
  private readonly att: MultiHeadAttention;
  private readonly norm2: Norm;
  private readonly ff: FeedForwardLike;
  private readonly shortcuts: boolean;

  constructor(
    private readonly ops: Ops,
    weights: Weights,
    layer: number,
  ) {
    const name = `trf_blocks.${layer}`;
    this.shortcuts = weights.config.shortcuts;
    this.norm1 = new Norm(ops, weights, `${name}.norm1`);
    this.att = new MultiHeadAttention(ops, weights, `${name}.att`, layer);
    this.norm2 = new Norm(ops, weights, `${name}.norm2`);
    this.ff = feedForward(ops, weights, `${name}.ff`);
  }

  /** x [T, embDim] is the residual stream: it is changed in place. */
  forward(x: Tensor, runs: readonly Run[], hooks?: Hooks): void {
    hooks?.("resid_pre", matrixOf(x));
    this.shortcut(x, () => {
      const y = this.att.forward(this.norm1.forward(x, within("ln1", hooks)), runs, within("attn", hooks));
      hooks?.("attn_out", matrixOf(y));
      return y; // [T, embDim]
    });
    hooks?.("resid_mid", matrixOf(x));
    this.shortcut(x, () => {
      const y = this.ff.forward(this.norm2.forward(x, within("ln2", hooks)), within("mlp", hooks));
      hooks?.("mlp_out", matrixOf(y));
      return y; // [T, embDim]
    });
    hooks?.("resid_post", matrixOf(x));
  }

  /** x + f(x), or f(x) alone where the configuration has no shortcuts. */
  private shortcut(x: Tensor, f: () => Tensor): void {
    this.ops.scoped(() => (this.shortcuts ? this.ops.add(x, f()) : this.ops.copy(f(), x)));
  }
}

/** Lets its input through: the block of the dummy model (section 4.1). */
export class DummyTransformerBlock {
  forward(x: Tensor, _: readonly Run[], hooks?: Hooks): void {
    hooks?.("resid_pre", matrixOf(x));
    hooks?.("resid_post", matrixOf(x));
  }
}

function feedForward(ops: Ops, weights: Weights, name: string): FeedForwardLike {
  const { experts, activation } = weights.config;
  const Kind = activation === "swiglu" ? GatedFeedForward : FeedForward;
  if (!experts) return new Kind(ops, weights, name);
  const each = Array.from({ length: experts.count }, (_, e) => new Kind(ops, weights, `${name}.experts.${e}`));
  return new MixtureOfExperts(ops, weights, name, each);
}
