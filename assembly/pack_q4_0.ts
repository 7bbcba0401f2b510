import { column, f16_bits, load_quad, scales, store_left, store_quad } from "./quant_lanes";

// @ts-ignore: decorator
@inline const BLOCK: usize = 144;

/**
 * Weights as q4_0: 4 bits with one f16 scale per 32 inputs, in panels of 8 outputs. A panel is its blocks of 32 inputs in order, each
 *
 *   byte            0                                     32                         64    …     128       144
 *   relaxed low     | output 0: k 0 1 2 3 | output 1: … 7 | output 0: k 4 5 6 7 | …              | scales  |
 *           high    | output 0: k 16 … 19 | …             | output 0: k 20 … 23 | …              | 8 f16   |
 *   plain   low     | outputs 0, 4: k 0, 0, 4: k 1 | … 3, 7 (from 16: k 2 3)    | k 4 5 …        |         |
 *           high    | outputs 0, 4: k 16, k 17     | … (from 16: k 18 19)        | k 20 21 …      |         |
 *
 * in the low and high halves of the same bytes, as the binary's products take them. In f32, m the first value of the largest magnitude:
 *
 *   scale[n] = m / -8        q[n,k] = min(15, trunc(W[n,k] * (1 / scale[n]) + 8.5))        W ≈ (q - 8) scale
 *
 * and the scale is stored as f16: ggml's numbers bit for bit (quantize_row_q4_0_ref, ggml/src/ggml-quants.c). Outputs from N and inputs
 * from K on are 8, which is 0. |W| ≤ 8 * 65504 (max_abs).
 *
 * W[n,k], n0 ≤ n < n1, k0 ≤ k < k1, is the f32 at src + (n - n0) rowStride + (k - k0) colStride · dst: the whole tensor [ceil(N/8)]
 * [ceil(K/32)] blocks · n0 % 8 == k0 % 32 == 0; n1 % 8 == 0 or n1 == N; k1 % 32 == 0 or k1 == K · zero is not used.
 */
export function pack_q4_0(
  dst: usize, src: usize, rowStride: usize, colStride: usize,
  N: i32, K: i32, n0: i32, n1: i32, k0: i32, k1: i32, zero: i32
): void {
  if (ASC_FEATURE_RELAXED_SIMD) pack<i8>(dst, src, rowStride, colStride, K, n0, n1, k0, k1);
  else pack<i16>(dst, src, rowStride, colStride, K, n0, n1, k0, k1);
}

function pack<X>(dst: usize, src: usize, rowStride: usize, colStride: usize, K: i32, n0: i32, n1: i32, k0: i32, k1: i32): void {
  const blocks = (K + 31) >> 5;
  for (let n = n0; n < n1; n += 8) {
    for (let k = k0; k < k1; k += 32) {
      const block = dst + <usize>((n >> 3) * blocks + (k >> 5)) * BLOCK;
      const from = src + <usize>(n - n0) * rowStride + <usize>(k - k0) * colStride;
      const far = from + 4 * rowStride, nLeft = n1 - n, kLeft = k1 - k;
      const low = scale4(from, rowStride, colStride, nLeft, kLeft), high = scale4(far, rowStride, colStride, nLeft - 4, kLeft);
      const lowInverse = inverse(low), highInverse = inverse(high);
      for (let i = 0; i < 16; i += 4) {
        const at = <usize>i * colStride;
        const a = quads(from + at, rowStride, colStride, nLeft, kLeft - i, lowInverse);
        const b = quads(far + at, rowStride, colStride, nLeft - 4, kLeft - i, highInverse);
        store_quad<u8, X>(block + (<usize>i << 3), a, b);
      }
      v128.store(block, i16x8.narrow_i32x4_u(f16_bits(low), f16_bits(high)), 128);
    }
  }
}

/** The scales of four outputs, of which nLeft are in the matrix, over 32 inputs, of which kLeft are. */
function scale4(from: usize, rowStride: usize, colStride: usize, nLeft: i32, kLeft: i32): v128 {
  let most = f32x4.splat(0);
  for (let k = 0, p = from; k < min(32, kLeft); k++, p += colStride) {
    const x = column(p, rowStride, nLeft);
    most = v128.bitselect(x, most, f32x4.gt(f32x4.abs(x), f32x4.abs(most)));
  }
  return f32x4.div(most, f32x4.splat(-8));
}

// @ts-ignore: decorator
@inline function inverse(scale: v128): v128 {
  return v128.and(f32x4.div(f32x4.splat(1), scale), f32x4.ne(scale, f32x4.splat(0)));
}

/** Four inputs of four outputs and, in the high halves of the bytes, those 16 further on, as q: output i's in the bytes of lane i. */
function quads(from: usize, rowStride: usize, colStride: usize, nLeft: i32, kLeft: i32, inverse: v128): v128 {
  let bytes = i32x4.splat(0);
  for (let k = 0; k < 4; k++, from += colStride) {
    const near = column(from, rowStride, k < kLeft ? nLeft : 0);
    const far = column(from + 16 * colStride, rowStride, k + 16 < kLeft ? nLeft : 0);
    bytes = v128.or(bytes, i32x4.shl(v128.or(steps(near, inverse), i32x4.shl(steps(far, inverse), 4)), k << 3));
  }
  return bytes;
}

// @ts-ignore: decorator
@inline function steps(x: v128, inverse: v128): v128 {
  return i32x4.min_s(i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(x, inverse), f32x4.splat(8.5))), i32x4.splat(15));
}

/**
 * Rows of a q4_0 tensor as f32, the embedding's look-up: out[t,k] = (q[ids[t],k] - 8) * scale[ids[t]].
 *
 * out [T, K] f32 · ids [T] i32, each under N · w packed [N, K] · zero is not used. Owns rows begin..end.
 */
export function rows_q4_0(out: usize, ids: usize, w: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  const panelBytes = <usize>((K + 31) >> 5) * BLOCK;
  for (let t = begin; t < end; t++) {
    const id = load<i32>(ids + (<usize>t << 2)), row = out + (<usize>t * <usize>K << 2);
    const panel = w + <usize>(id >> 3) * panelBytes, n = <usize>(id & 7);
    for (let k = 0; k < K; k += 4) {
      const block = panel + <usize>(k >> 5) * BLOCK, at = block + (<usize>(k & 15) << 3);
      const quads = ASC_FEATURE_RELAXED_SIMD ? load_quad<u8, i8>(at, n) : load_quad<u8, i16>(at, n);
      const q = i16x8.sub(v128.and(i16x8.shr_u(quads, k & 16 ? 4 : 0), i16x8.splat(15)), i16x8.splat(8));
      const scale = f32x4.splat(f32x4.extract_lane(scales<u8>(block + 128 + (n << 1)), 0));
      store_left(row + (<usize>k << 2), f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(q)), scale), K - k);
    }
  }
}
