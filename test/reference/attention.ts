import { softmax } from "./softmax";

/** z[t,h] = Σ_s softmax_s(scale q[t,h]·K[h,s]) V[h,s] over s ≤ position + t; all heads side by side in a row, f64. */
export function attention(
  q: ArrayLike<number>[],
  k: ArrayLike<number>[],
  v: ArrayLike<number>[],
  nHeads: number,
  nKvHeads: number,
  position: number,
  scale: number,
): { scores: number[][][]; pattern: number[][][]; z: number[][] } {
  const headDim = (q[0] as ArrayLike<number>).length / nHeads;
  const scores: number[][][] = [];
  const pattern: number[][][] = [];
  const z = q.map(() => new Array<number>(nHeads * headDim).fill(0));
  for (let h = 0; h < nHeads; h++) {
    const shared = Math.floor(h / (nHeads / nKvHeads)) * headDim;
    scores.push(
      q.map((query, t) =>
        k.map((key, s) => {
          if (s > position + t) return -Infinity;
          let dot = 0;
          for (let i = 0; i < headDim; i++) dot += (query[h * headDim + i] as number) * (key[shared + i] as number);
          return scale * dot;
        }),
      ),
    );
    pattern.push((scores[h] as number[][]).map(softmax));
    (pattern[h] as number[][]).forEach((weights, t) => {
      for (let i = 0; i < headDim; i++) {
        let sum = 0;
        for (let s = 0; s <= position + t; s++)
          sum += (weights[s] as number) * ((v[s] as ArrayLike<number>)[shared + i] as number);
        (z[t] as number[])[h * headDim + i] = sum;
      }
    });
  }
  return { scores, pattern, z };
}
