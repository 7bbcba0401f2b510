import { column, narrow, scale1, store_left } from "./quant_lanes";

// @ts-ignore: decorator
@inline export const Q8_0_BLOCK: usize = 272;

/**
 * Weights as q8_0: int8 with one f16 scale per 32 inputs, in panels of 8 outputs. A panel is its blocks of 32 inputs in order, each
 *
 *   byte       0                              32                              64        …        256        272
 *   relaxed    | output 0: k 0 1 2 3 | 1: …   | output 0: k 4 5 6 7 | 1: …    | k 8 … 11         | scales    |
 *   plain      | output 0: k 0 1 | 1: … | k 2 3    (16)      | k 4 5    (32) …                   | 8 f16     |
 *
 * quads or pairs of inputs as the binary's products take them (quant_lanes.ts). In f32, to f16 at the end:
 *
 *   scale[n] = max |W[n,k]| / 127        q[n,k] = W[n,k] * (1 / scale[n]), rounded half away from zero
 *
 * ggml's numbers bit for bit (quantize_row_q8_0_ref, ggml/src/ggml-quants.c). A byte is q ^ zero; zero = 128 stores q + 128, for a relaxed
 * dot that takes weights as unsigned (probe_dot.ts); 0 in the plain binary. |W| under 127 * 65504 (max_abs).
 *
 * W[n,k], n0 ≤ n < n1, k0 ≤ k < k1, is the f32 at src + (n - n0) rowStride + (k - k0) colStride · dst: the whole tensor [ceil(N/8)]
 * [ceil(K/32)] blocks; outputs from N and inputs from K on are 0 · n0 % 8 == k0 % 32 == 0; n1 % 8 == 0 or n1 == N; k1 % 32 == 0 or k1 == K.
 */
export function pack_q8_0(
  dst: usize, src: usize, rowStride: usize, colStride: usize,
  N: i32, K: i32, n0: i32, n1: i32, k0: i32, k1: i32, zero: i32
): void {
  const blocks = (K + 31) >> 5;
  for (let n = n0; n < n1; n += 8) {
    for (let k = k0; k < k1; k += 32) {
      const block = dst + <usize>((n >> 3) * blocks + (k >> 5)) * Q8_0_BLOCK;
      const from = src + <usize>(n - n0) * rowStride + <usize>(k - k0) * colStride;
      const low = pack_half(block, 0, from, rowStride, colStride, n1 - n, k1 - k, zero);
      const high = pack_half(block, 1, from + 4 * rowStride, rowStride, colStride, n1 - n - 4, k1 - k, zero);
      v128.store(block, narrow(low, high), 256);
    }
  }
}

/** Outputs 0..3 (half 0) or 4..7 of a block, of which nLeft and kLeft are in the matrix. Returns their scales. */
function pack_half(
  block: usize, half: usize, from: usize, rowStride: usize, colStride: usize, nLeft: i32, kLeft: i32, zero: i32
): v128 {
  let most = f32x4.splat(0);
  for (let k = 0, p = from; k < min(32, kLeft); k++, p += colStride) most = f32x4.max(most, f32x4.abs(column(p, rowStride, nLeft)));
  const scale = f32x4.div(most, f32x4.splat(127));
  const inverse = v128.and(f32x4.div(f32x4.splat(1), scale), f32x4.ne(scale, f32x4.splat(0)));

  for (let k = 0; k < 32; ) {
    const to = block + (<usize>k << 3);
    let quad = i32x4.splat(0);
    for (let shift = 0; shift < 32; shift += 8, k++) {
      const x = column(from + <usize>k * colStride, rowStride, k < kLeft ? nLeft : 0);
      quad = v128.or(quad, i32x4.shl(v128.and(round(f32x4.mul(x, inverse)), i32x4.splat(255)), shift));
    }
    quad = v128.xor(quad, i8x16.splat(<i8>zero));
    if (ASC_FEATURE_RELAXED_SIMD) {
      v128.store(to + (half << 4), quad);
    } else {
      const pairs = v128.shuffle<i16>(quad, quad, 0, 2, 4, 6, 1, 3, 5, 7);
      v128.store_lane<i64>(to + (half << 3), pairs, 0);
      v128.store_lane<i64>(to + (half << 3), pairs, 1, 16);
    }
  }
  return scale;
}

/** To the nearest integer, halves away from zero. The addend is the f32 just under 1/2: with 1/2 itself, 0.49999997 would become 1. */
// @ts-ignore: decorator
@inline function round(v: v128): v128 {
  const half = f32x4.splat(reinterpret<f32>(0x3effffff));
  return i32x4.trunc_sat_f32x4_s(f32x4.add(v, v128.bitselect(v, half, i32x4.splat(0x80000000))));
}

/**
 * Rows of a q8_0 tensor as f32, the embedding's look-up: out[t,k] = q[ids[t],k] * scale[ids[t]].
 *
 * out [T, K] f32 · ids [T] i32, each under N · w packed [N, K] with this zero. Owns rows begin..end.
 */
export function rows_q8_0(out: usize, ids: usize, w: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  const blocks = (K + 31) >> 5, flip = i8x16.splat(<i8>zero);
  for (let t = begin; t < end; t++) {
    const id = load<i32>(ids + (<usize>t << 2)), row = out + (<usize>t * <usize>K << 2);
    const panel = w + <usize>(id >> 3) * <usize>blocks * Q8_0_BLOCK, lane = <usize>(id & 7);
    for (let k = 0; k < K; k += 4) {
      const block = panel + <usize>(k >> 5) * Q8_0_BLOCK, quad = block + (<usize>(k & 31) << 3);
      let q: v128;
      if (ASC_FEATURE_RELAXED_SIMD) q = v128.load32_zero(quad + (lane << 2));
      else q = v128.load_lane<i16>(quad + (lane << 1), v128.load_lane<i16>(quad + (lane << 1), i16x8.splat(0), 0), 1, 16);
      q = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.xor(q, flip)));
      const scale = f32x4.splat(scale1(block + 256 + (lane << 1)));
      store_left(row + (<usize>k << 2), f32x4.mul(f32x4.convert_i32x4_s(q), scale), K - k);
    }
  }
}
