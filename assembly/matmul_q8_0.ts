import { integer_product } from "./integer_product";

/**
 * out = x Wᵀ + bias from int8 weights and activations, each with a scale per block of 32 inputs (integer_product.ts has the formula).
 *
 * out [T, N] f32 · xq, xs from quantize with the weights' zero · w [N, K] from pack_q8_0 · bias [N] f32 or 0 for none.
 * Owns panels begin..end of 8 outputs; the same bits for any range and any T.
 * Error against the products of what x and W were rounded to: ≤ (K/32 + 3) eps Σ |x w| + eps |bias|.
 */
export function matmul_q8_0(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  if (ASC_FEATURE_RELAXED_SIMD) integer_product<i8, i8, i32>(out, xq, xs, w, bias, T, N, K, begin, end);
  else integer_product<i8, i16, i32>(out, xq, xs, w, bias, T, N, K, begin, end);
}

/** The same by exact i16 dots in either binary, for engines whose relaxed dot is not exact: with quantize_i16 and pack_q8_0_i16. */
export function matmul_q8_0_i16(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  integer_product<i8, i16, i32>(out, xq, xs, w, bias, T, N, K, begin, end);
}

/** The same from finer activations, the relaxed dot of their high bytes and then of their low ones: with quantize_fine. */
export function matmul_q8_0_fine(
  out: usize, xq: usize, xs: usize, w: usize, bias: usize,
  T: i32, N: i32, K: i32, begin: i32, end: i32
): void {
  if (ASC_FEATURE_RELAXED_SIMD) integer_product<i8, u16, i32>(out, xq, xs, w, bias, T, N, K, begin, end);
  else integer_product<i8, i16, i32>(out, xq, xs, w, bias, T, N, K, begin, end);
}
