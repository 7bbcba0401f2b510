/**
 * What this engine's relaxed dot product gives, for the choice of `zero` at start-up. out is 64 bytes of scratch: 16 int8 a, 16 bytes b,
 * then the result as i32x4, result[i] = Σ_j a[4i+j] b[4i+j]. With a = 127 and b = 255 everywhere it is
 *
 *   129540 where b is unsigned and the sums are exact      store weights + 128: zero = 128
 *    -508  where b is signed                                zero = 0, if it is exact for b = -1 and b = -128
 *   else   (65534: x86 before AVX-VNNI saturates pairs)     q8_0 and q4_0 by their *_i16 kernels; nibbles are exact everywhere
 *
 * Read from memory, so that no compiler folds it. The plain binary gives the signed result.
 */
export function probe_dot(out: usize): void {
  const a = v128.load(out), b = v128.load(out, 16);
  v128.store(out, ASC_FEATURE_RELAXED_SIMD ? i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, i32x4.splat(0)) : exact(a, b), 32);
}

// @ts-ignore: decorator
@inline function exact(a: v128, b: v128): v128 {
  const low = i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_low_i8x16_s(a, b));
  const high = i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_high_i8x16_s(a, b));
  return i32x4.add(v128.shuffle<i32>(low, high, 0, 2, 4, 6), v128.shuffle<i32>(low, high, 1, 3, 5, 7));
}
