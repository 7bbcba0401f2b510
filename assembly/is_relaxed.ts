/** 1 in the binary with relaxed SIMD, 0 in the plain one. */
export function is_relaxed(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 1 : 0;
}
