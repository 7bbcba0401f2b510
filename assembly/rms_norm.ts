import { at, hsum, load_part, madd, store_part } from "./lanes";

/**
 * RMSNorm's normalisation, one row per position; scale_shift follows it:
 *
 *   sd[t] = √(mean(x[t]²) + eps),   out[t,i] = x[t,i] / sd[t]
 *
 * out, x [T, embDim] · sd [T] · all f32 · out may be x. Owns rows begin..end. Error ≤ (embDim/8 + 4) eps |out|.
 * Zhang, Sennrich 2019, arXiv:1910.07467, eq. 4.
 */
export function rms_norm(out: usize, sd: usize, x: usize, embDim: i32, eps: f32, begin: i32, end: i32): void {
  const row = <usize>embDim << 2, left = row & 12, whole = row - left;
  for (let t = begin; t < end; t++) {
    const xt = at(x, t, row), outT = at(out, t, row);

    const last = load_part(xt + whole, left);
    let squares = f32x4.mul(last, last);
    for (let i: usize = 0; i < whole; i += 16) {
      const v = v128.load(xt + i);
      squares = madd(v, v, squares);
    }
    const sdT = sqrt<f32>(hsum(squares) / <f32>embDim + eps), rstd = f32x4.splat(1 / sdT);

    store<f32>(sd + (<usize>t << 2), sdT);
    for (let i: usize = 0; i < whole; i += 16) v128.store(outT + i, f32x4.mul(v128.load(xt + i), rstd));
    store_part(outT + whole, f32x4.mul(last, rstd), left);
  }
}
