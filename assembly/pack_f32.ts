/**
 * A block of a weight matrix into its place among the panels of 8 outputs, the layout that every product reads:
 *
 *   W [N, K]:  dst [ceil(N/8)][K][8]      panel p, depth k:  W[8p,k] W[8p+1,k] … W[8p+7,k], outputs past N are 0
 *
 * dst is the whole tensor; src holds W[n,k] for n0 ≤ n < n1 and k0 ≤ k < k1 as f32, at src + (n - n0) rowStride + (k - k0) colStride
 * bytes: both [out, in] and Conv1D's [in, out] files arrive that way, piece by piece. n0 % 8 == 0, and n1 % 8 == 0 or n1 == N.
 * zero is for the formats that store weights with an offset.
 */
export function pack_f32(
  dst: usize, src: usize, rowStride: usize, colStride: usize,
  N: i32, K: i32, n0: i32, n1: i32, k0: i32, k1: i32, zero: i32
): void {
  for (let n = n0; n < n1; n += 8) {
    const outputs = min(8, n1 - n), from = src + <usize>(n - n0) * rowStride;
    const panel = dst + (<usize>n * <usize>K << 2);
    for (let k = k0; k < k1; k++) {
      const column = from + <usize>(k - k0) * colStride, to = panel + (<usize>k << 5);
      if (outputs == 8 && rowStride == 4) {
        v128.store(to, v128.load(column));
        v128.store(to, v128.load(column, 16), 16);
      } else {
        for (let i = 0; i < outputs; i++) store<f32>(to + (<usize>i << 2), load<f32>(column + <usize>i * rowStride));
        for (let i = outputs; i < 8; i++) store<f32>(to + (<usize>i << 2), 0);
      }
    }
  }
}

/**
 * Rows of a packed matrix, as the embedding needs them: out[t,k] = W[ids[t],k], read from the panels that serve the tied head.
 *
 * out [T, K] f32 · ids [T] i32 · W [N, K] in panels of 8. Owns rows begin..end. Exact.
 */
export function rows_f32(out: usize, ids: usize, w: usize, K: i32, zero: i32, begin: i32, end: i32): void {
  for (let t = begin; t < end; t++) {
    const id = load<i32>(ids + (<usize>t << 2)), outT = out + (<usize>t * <usize>K << 2);
    const row = w + (<usize>(id & ~7) * <usize>K << 2) + (<usize>(id & 7) << 2);
    for (let k = 0; k < K; k++) store<f32>(outT + (<usize>k << 2), load<f32>(row + (<usize>k << 5)));
  }
}
