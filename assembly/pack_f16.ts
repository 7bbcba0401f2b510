import { F16_LIFT, F16_MASK, f16_at } from "./lanes";
import { column, f16_factor } from "./quant_lanes";

/**
 * Weights as f16, to nearest, ties to even, in panels of 8 outputs:
 *
 *   W [N, K]:  dst [ceil(N/8)][K][8] u16      panel p, depth k: outputs 8p + 0 4 1 5 2 6 3 7 (lanes.ts), outputs past N are 0
 *
 * |W - f16| ≤ 2^-11 |W| for 2^-14 ≤ |W| ≤ 65504. What would be a subnormal f16 becomes 0, an error under 2^-14; what is larger becomes
 * ±65504, so the caller refuses it first (max_abs). src, strides and ranges as for pack_f32; zero is not used.
 */
export function pack_f16(
  dst: usize, src: usize, rowStride: usize, colStride: usize,
  N: i32, K: i32, n0: i32, n1: i32, k0: i32, k1: i32, zero: i32
): void {
  for (let n = n0; n < n1; n += 8) {
    const from = src + <usize>(n - n0) * rowStride, panel = dst + (<usize>n * <usize>K << 1);
    for (let k = k0; k < k1; k++) {
      const p = from + <usize>(k - k0) * colStride;
      const low = f16_factor(column(p, rowStride, n1 - n)), high = f16_factor(column(p + 4 * rowStride, rowStride, n1 - n - 4));
      v128.store(panel + (<usize>k << 4), v128.or(low, i32x4.shl(high, 16)));
    }
  }
}

/**
 * Rows of a packed matrix, the embedding's look-up: out[t,k] = W[ids[t],k]. Exact.
 *
 * out [T, K] f32 · ids [T] i32, each under N · w packed [N, K] · zero is not used. Owns rows begin..end.
 */
export function rows_f16(out: usize, ids: usize, w: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  for (let t = begin; t < end; t++) {
    const id = load<i32>(ids + (<usize>t << 2)), row = out + (<usize>t * <usize>K << 2);
    const half = w + (<usize>(id & ~7) * <usize>K << 1) + f16_at(id & 7);
    for (let k = 0; k < K; k++) {
      const small = reinterpret<f32>((<i32>load<i16>(half + (<usize>k << 4)) << 13) & F16_MASK);
      store<f32>(row + (<usize>k << 2), small * F16_LIFT * F16_LIFT);
    }
  }
}
