import { type Hooks, matrixOf, within } from "../inspect/hooks";
import type { Ops } from "../wasm/ops";
import type { Tensor } from "../wasm/tensor";
import type { FeedForwardLike } from "./feed-forward";
import { Linear } from "./linear";
import type { Weights } from "./weights";

/**
 * Several feed-forwards of which each token takes `topK`: a router scores them, a softmax over the chosen weighs
 * their outputs. Shazeer et al. 2017, arXiv:1701.06538, eq. 3–5 without noise.
 */
export class MixtureOfExperts implements FeedForwardLike {
  private readonly router: Linear;
  private readonly topK: number;

  constructor(
    private readonly ops: Ops,
    weights: Weights,
    name: string,
    private readonly experts: readonly FeedForwardLike[],
  ) {
    this.router = Linear.named(ops, weights, `${name}.gate`);
    this.topK = weights.config.experts?.topK ?? 1;
  }

  forward(x: Tensor, hooks?: Hooks): Tensor {
    const scores = this.router.forward(x); // [T, experts]
    hooks?.("router", matrixOf(scores));
    const shares = this.route(scores); // [T, experts], 0 where not chosen
    hooks?.("shares", matrixOf(shares));
    const out = this.ops.zeros(x.rows, x.cols); // [T, embDim]
    const all = this.ops.values(shares);
    this.experts.forEach((expert, e) => {
      const share = Float32Array.from({ length: x.rows }, (_, t) => all[t * shares.cols + e] ?? 0); // [T]
      const chosen = [...share.keys()].filter((t) => share[t] !== 0); // NaN is chosen too: it has to show
      if (chosen.length === 0) return;
      this.ops.scoped(() => {
        const y = expert.forward(this.ops.pick(x, chosen), within(`experts.${e}`, hooks, chosen)); // [chosen, embDim]
        this.addShare(out, y, chosen, share);
      });
    });
    return out;
  }

  /** out[chosen[i]] += share[chosen[i]] · y[i] */
  private addShare(out: Tensor, y: Tensor, chosen: readonly number[], share: Float32Array): void {
    const to = this.ops.values(out);
    const from = this.ops.values(y);
    chosen.forEach((t, i) => {
      const part = share[t] ?? 0;
      for (let c = 0; c < y.cols; c++)
        to[t * y.cols + c] = (to[t * y.cols + c] ?? 0) + part * (from[i * y.cols + c] ?? 0);
    });
  }

  /** The softmax over each row's `topK` best scores; of equal scores the first wins. */
  private route(scores: Tensor): Tensor {
    const best = this.ops.tensor(scores.rows, this.topK);
    const from = this.ops.values(scores);
    const chosen = Array.from({ length: scores.rows }, (_, t) => {
      const row = from.subarray(t * scores.cols, (t + 1) * scores.cols);
      return [...row.keys()].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0)).slice(0, this.topK);
    });
    this.ops.values(best).set(chosen.flatMap((experts, t) => experts.map((e) => from[t * scores.cols + e] ?? 0)));
    const probabilities = this.ops.values(this.ops.softmax(best));
    const shares = this.ops.zeros(scores.rows, scores.cols);
    const to = this.ops.values(shares);
    for (const [t, experts] of chosen.entries())
      for (const [i, e] of experts.entries()) to[t * scores.cols + e] = probabilities[t * this.topK + i] ?? 0;
    return shares;
  }
}
