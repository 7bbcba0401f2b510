import { column, f16_bits, larger, load_quad, scales, store_left, store_quad } from "./quant_lanes";

// @ts-ignore: decorator
@inline const BLOCK: usize = 272;

/**
 * Weights as q8_0: int8 with one scale per 32 inputs, in panels of 8 outputs. A panel is its blocks of 32 inputs in order, each
 *
 *   byte   0                                        32                              64       …      256       272
 *   i8     | output 0: k 0 1 2 3 | output 1: … 7    | output 0: k 4 5 6 7 | …       | k 8 … 11 |     | scales  |
 *   i16    | outputs 0, 4: k 0 k 1 | 1, 5: … 3, 7   | k 4 5 (from 16: k 2 3)        | k 8 9    |     | 8 × 16  |
 *
 * where the products take int8 activations (the relaxed binary) or i16 ones (the plain binary, and the *_i16 kernels): there two outputs
 * are one i16, q[n,k] + 256 q[n+4,k]. In f32:
 *
 *   scale[n] = max |W[n,k]| / 127        q[n,k] = W[n,k] * (1 / scale[n]), rounded half away from zero
 *
 * and the scale is rounded to f16: ggml's numbers bit for bit (quantize_row_q8_0_ref, ggml/src/ggml-quants.c), but where the scale rounds
 * to 0 q is 0 too. It is stored in 16 bits without sign, six of them exponent (quant_lanes.ts). A byte of the first layout is q ^ zero;
 * zero = 128 makes it q + 128, for a relaxed dot that takes weights as unsigned (probe_dot.ts). |W| ≤ 127 * 65504 (max_abs).
 *
 * W[n,k], n0 ≤ n < n1, k0 ≤ k < k1, is the f32 at src + (n - n0) rowStride + (k - k0) colStride · dst: the whole tensor [ceil(N/8)]
 * [ceil(K/32)] blocks; outputs from N and inputs from K on are 0 · n0 % 8 == k0 % 32 == 0; n1 % 8 == 0 or n1 == N; k1 % 32 == 0 or k1 == K.
 */
export function pack_q8_0(
  dst: usize, src: usize, rowStride: usize, colStride: usize,
  N: i32, K: i32, n0: i32, n1: i32, k0: i32, k1: i32, zero: i32
): void {
  if (ASC_FEATURE_RELAXED_SIMD) pack<i8>(dst, src, rowStride, colStride, K, n0, n1, k0, k1, zero);
  else pack<i16>(dst, src, rowStride, colStride, K, n0, n1, k0, k1, zero);
}

/** The same for matmul_q8_0_i16, with zero = 0. */
export function pack_q8_0_i16(
  dst: usize, src: usize, rowStride: usize, colStride: usize,
  N: i32, K: i32, n0: i32, n1: i32, k0: i32, k1: i32, zero: i32
): void {
  pack<i16>(dst, src, rowStride, colStride, K, n0, n1, k0, k1, zero);
}

function pack<X>(
  dst: usize, src: usize, rowStride: usize, colStride: usize,
  K: i32, n0: i32, n1: i32, k0: i32, k1: i32, zero: i32
): void {
  const blocks = (K + 31) >> 5, flip = i8x16.splat(<i8>zero);
  for (let n = n0; n < n1; n += 8) {
    for (let k = k0; k < k1; k += 32) {
      const block = dst + <usize>((n >> 3) * blocks + (k >> 5)) * BLOCK;
      const from = src + <usize>(n - n0) * rowStride + <usize>(k - k0) * colStride;
      const far = from + 4 * rowStride, nLeft = n1 - n, kLeft = k1 - k;
      const low = scale4(from, rowStride, colStride, nLeft, kLeft), high = scale4(far, rowStride, colStride, nLeft - 4, kLeft);
      const lowInverse = inverse(low), highInverse = inverse(high);
      for (let i = 0; i < 32; i += 4) {
        const at = <usize>i * colStride;
        const a = quad(from + at, rowStride, colStride, nLeft, kLeft - i, lowInverse);
        const b = quad(far + at, rowStride, colStride, nLeft - 4, kLeft - i, highInverse);
        store_quad<i8, X>(block + (<usize>i << 3), v128.xor(a, flip), v128.xor(b, flip));
      }
      v128.store(block, i16x8.narrow_i32x4_u(six_exponent_bits(f16_bits(low)), six_exponent_bits(f16_bits(high))), 256);
    }
  }
}

/** The scales of four outputs, of which nLeft are in the matrix, over 32 inputs, of which kLeft are. */
function scale4(from: usize, rowStride: usize, colStride: usize, nLeft: i32, kLeft: i32): v128 {
  let most = f32x4.splat(0);
  for (let k = 0, p = from; k < min(32, kLeft); k++, p += colStride) most = larger(most, column(p, rowStride, nLeft));
  return f32x4.div(most, f32x4.splat(127));
}

/** 1 / scale; 0 where the scale, as it is stored, is 0. */
// @ts-ignore: decorator
@inline function inverse(scale: v128): v128 {
  return v128.and(f32x4.div(f32x4.splat(1), scale), i32x4.ne(f16_bits(scale), i32x4.splat(0)));
}

/** Four inputs of four outputs in steps of their scales: output i's in the bytes of lane i. */
function quad(from: usize, rowStride: usize, colStride: usize, nLeft: i32, kLeft: i32, inverse: v128): v128 {
  let bytes = i32x4.splat(0);
  for (let k = 0; k < 4; k++, from += colStride) {
    const x = column(from, rowStride, k < kLeft ? nLeft : 0);
    bytes = v128.or(bytes, i32x4.shl(v128.and(round(f32x4.mul(x, inverse)), i32x4.splat(255)), k << 3));
  }
  return bytes;
}

/** To the nearest integer, halves away from zero. The addend is the f32 just under 1/2: with 1/2 itself, 0.49999997 would become 1. */
// @ts-ignore: decorator
@inline function round(v: v128): v128 {
  const half = f32x4.splat(reinterpret<f32>(0x3effffff));
  return i32x4.trunc_sat_f32x4_s(f32x4.add(v, v128.bitselect(v, half, i32x4.splat(0x80000000))));
}

/** A scale's f16 bits with an exponent 96 less than f32's: a subnormal one is its count of 2^-24, as f32. 0 stays 0. */
// @ts-ignore: decorator
@inline export function six_exponent_bits(scale: v128): v128 {
  const subnormal = f32x4.mul(f32x4.convert_i32x4_s(scale), f32x4.splat(5.9604644775390625e-8));
  const normal = i32x4.add(i32x4.shl(scale, 13), i32x4.splat(112 << 23));
  const value = v128.bitselect(subnormal, normal, i32x4.lt_s(scale, i32x4.splat(0x400)));
  return i32x4.max_s(i32x4.sub(i32x4.shr_u(value, 13), i32x4.splat(96 << 10)), i32x4.splat(0));
}

/**
 * Rows of a q8_0 tensor as f32, the embedding's look-up: out[t,k] = q[ids[t],k] * scale[ids[t]].
 *
 * out [T, K] f32 · ids [T] i32, each under N · w packed [N, K] with this zero. Owns rows begin..end.
 */
export function rows_q8_0(out: usize, ids: usize, w: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) rows<i8>(out, ids, w, K, zero, begin, end);
  else rows<i16>(out, ids, w, K, zero, begin, end);
}

/** The same of what pack_q8_0_i16 left. */
export function rows_q8_0_i16(out: usize, ids: usize, w: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  rows<i16>(out, ids, w, K, zero, begin, end);
}

function rows<X>(out: usize, ids: usize, w: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  const panelBytes = <usize>((K + 31) >> 5) * BLOCK, flip = i16x8.splat(<i16>zero);
  for (let t = begin; t < end; t++) {
    const id = load<i32>(ids + (<usize>t << 2)), row = out + (<usize>t * <usize>K << 2);
    const panel = w + <usize>(id >> 3) * panelBytes, n = <usize>(id & 7);
    for (let k = 0; k < K; k += 4) {
      const block = panel + <usize>(k >> 5) * BLOCK, quad = load_quad<i8, X>(block + (<usize>(k & 31) << 3), n);
      const bytes = i16x8.shr_s(i16x8.shl(v128.xor(quad, flip), 8), 8), q = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(bytes));
      const scale = f32x4.splat(f32x4.extract_lane(scales<i8>(block + 256 + (n << 1)), 0));
      store_left(row + (<usize>k << 2), f32x4.mul(q, scale), K - k);
    }
  }
}
