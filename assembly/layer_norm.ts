import { at, hsum, load_part, madd, part_mask, store_part } from "./lanes";

/**
 * LayerNorm's normalisation, one row per position; scale_shift follows it:
 *
 *   sd[t] = √(var(x[t]) + eps),   out[t,i] = (x[t,i] - mean(x[t])) / sd[t]
 *
 * The variance takes a second pass, over d = x - sum/n, and what rounding left in Σd corrects both moments (the corrected two-pass
 * algorithm: Chan, Golub, LeVeque 1983, "Algorithms for Computing the Sample Variance", eq. 1.7). So a constant row gives exact zeros.
 *
 * out, x [T, embDim] · sd [T] · all f32 · out may be x. Owns rows begin..end. var is the biased variance (divides by embDim).
 * Error of out ≤ (embDim/4 + 8) eps max|x - mean| / sd, plus eps max|x| / sd from the input's own digits.
 * Ba, Kiros, Hinton 2016, arXiv:1607.06450, eq. 4.
 */
export function layer_norm(out: usize, sd: usize, x: usize, embDim: i32, eps: f32, begin: i32, end: i32): void {
  const row = <usize>embDim << 2, left = row & 12, whole = row - left;
  const n = <f32>embDim;
  for (let t = begin; t < end; t++) {
    const xt = at(x, t, row), outT = at(out, t, row);

    let sum = load_part(xt + whole, left);
    for (let i: usize = 0; i < whole; i += 16) sum = f32x4.add(sum, v128.load(xt + i));
    const guess = f32x4.splat(hsum(sum) / n);

    let rest = v128.and(f32x4.sub(load_part(xt + whole, left), guess), part_mask(left));
    let squares = f32x4.mul(rest, rest);
    for (let i: usize = 0; i < whole; i += 16) {
      const d = f32x4.sub(v128.load(xt + i), guess);
      rest = f32x4.add(rest, d);
      squares = madd(d, d, squares);
    }
    const correction = hsum(rest) / n;
    const variance = max(hsum(squares) / n - correction * correction, 0);
    const mean = f32x4.add(guess, f32x4.splat(correction));
    const sdT = sqrt<f32>(variance + eps), rstd = f32x4.splat(1 / sdT);

    store<f32>(sd + (<usize>t << 2), sdT);
    const last = f32x4.mul(f32x4.sub(load_part(xt + whole, left), mean), rstd);
    for (let i: usize = 0; i < whole; i += 16) v128.store(outT + i, f32x4.mul(f32x4.sub(v128.load(xt + i), mean), rstd));
    store_part(outT + whole, last, left);
  }
}
