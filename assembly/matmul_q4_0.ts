import { integer_product } from "./integer_product";

/**
 * out = x Wᵀ + bias from 4-bit weights and int8 activations, each with a scale per block of 32 inputs (integer_product.ts has the formula).
 *
 * out [T, N] f32 · xq, xs from quantize with zero = 8 · w [N, K] from pack_q4_0 · bias [N] f32 or 0 for none.
 * Owns panels begin..end of 8 outputs; the same bits for any range and any T. Nibbles are 7-bit numbers whatever their sign is taken for,
 * and pairs of their products stay under 2^15: the relaxed dot is exact.
 * Error against the products of what x and W were rounded to: ≤ (K/32 + 3) eps Σ |x w| + eps |bias|.
 */
export function matmul_q4_0(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  if (ASC_FEATURE_RELAXED_SIMD) integer_product<u8, i8, i32>(out, xq, xs, w, bias, T, N, K, begin, end);
  else integer_product<u8, i16, i32>(out, xq, xs, w, bias, T, N, K, begin, end);
}

/** The same with a block's sums in i16, for engines whose relaxed dot is not exact with 8-bit weights and so not one instruction. */
export function matmul_q4_0_i16(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  if (ASC_FEATURE_RELAXED_SIMD) integer_product<u8, i8, i16>(out, xq, xs, w, bias, T, N, K, begin, end);
  else integer_product<u8, i16, i32>(out, xq, xs, w, bias, T, N, K, begin, end);
}
