import { finish, one_row } from "./attention_row";
import { VALUE_BLOCK } from "./kv_store";
import { F16_LIFT, at, roundup8 } from "./lanes";
import { product } from "./product";
import { softmax } from "./softmax";

/** Rows of queries that one block of scores holds: a multiple of both register tiles. */
const ROWS: i32 = 24;

export function attention_scratch_rows(): i32 {
  return ROWS;
}

/**
 * Causal attention over the cache, of new rows that stand at position .. position + T - 1 and are already stored:
 *
 *   z[t,h] = Σ_s pattern[h,t,s] V[h,s],   pattern[h,t] = softmax_s(scale q[t,h] · K[h,s]),   0 ≤ s ≤ position + t
 *
 * z [T, nHeads * headDim] f32 · q [T, nHeads * headDim] f32, rows qStride floats apart · the cache as kv_store draws it; nHeads/nKvHeads
 * heads share each of its heads (Ainslie et al. 2023, arXiv:2305.13245) · scratch [nHeads][ROWS][position + T, rounded up to 8] f32.
 * Owns heads begin..end. Each row has the bits it would have alone.
 * Error of z ≤ (headDim max|scale q·K| + position + T + 80) eps max|V|. Vaswani et al. 2017, arXiv:1706.03762, eq. 1.
 */
export function attention_f32(
  z: usize, scratch: usize, q: usize, qStride: i32, kCache: usize, vCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, scale: f32, begin: i32, end: i32
): void {
  attention<f32>(z, scratch, q, qStride, kCache, vCache, T, nHeads, nKvHeads, headDim, capacity, position, scale, begin, end);
}

/** The same over a cache in f16. The bits that attention_f32 has with the rounded keys and values. */
export function attention_f16(
  z: usize, scratch: usize, q: usize, qStride: i32, kCache: usize, vCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, scale: f32, begin: i32, end: i32
): void {
  attention<u16>(z, scratch, q, qStride, kCache, vCache, T, nHeads, nKvHeads, headDim, capacity, position, scale, begin, end);
}

function attention<E>(
  z: usize, scratch: usize, q: usize, qStride: i32, kCache: usize, vCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, scale: f32, begin: i32, end: i32
): void {
  const headScratch = <usize>(ROWS * roundup8(position + T)) << 2;
  if (T == 1 && (headDim & 7) == 0) {
    one_row<E>(z, scratch, headScratch, q, kCache, vCache, nHeads / nKvHeads, headDim, capacity, position, scale, begin, end);
    return;
  }
  for (let h = begin; h < end; h++) {
    const scores = at(scratch, h, headScratch), shared = h / (nHeads / nKvHeads);
    for (let t = 0; t < T; t += ROWS) {
      const rows = min(ROWS, T - t), width = roundup8(position + t + rows);
      block_scores<E>(scores, width, q, qStride, kCache, t, rows, h, shared, headDim, capacity, position, scale);
      softmax(scores, scores, width, 0, rows);
      block_mix<E>(z, scores, width, vCache, t, rows, nHeads, h, shared, headDim, capacity, position);
    }
  }
}

/**
 * The first step of attention_f32 alone, to look at: scores[h,t,s] = scale q[t,h] · K[h,s], -infinity where s > position + t.
 *
 * scores [nHeads, T, S8] f32 with S8 = position + T rounded up to 8. Owns heads begin..end.
 */
export function attention_scores_f32(
  scores: usize, q: usize, qStride: i32, kCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, scale: f32, begin: i32, end: i32
): void {
  scores_alone<f32>(scores, q, qStride, kCache, T, nHeads, nKvHeads, headDim, capacity, position, scale, begin, end);
}

/** The same over a cache in f16. */
export function attention_scores_f16(
  scores: usize, q: usize, qStride: i32, kCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, scale: f32, begin: i32, end: i32
): void {
  scores_alone<u16>(scores, q, qStride, kCache, T, nHeads, nKvHeads, headDim, capacity, position, scale, begin, end);
}

function scores_alone<E>(
  scores: usize, q: usize, qStride: i32, kCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, scale: f32, begin: i32, end: i32
): void {
  const width = roundup8(position + T), row = <usize>width << 2;
  for (let h = begin; h < end; h++) {
    for (let t = 0; t < T; t += ROWS) {
      const block = at(scores, h * T + t, row), shared = h / (nHeads / nKvHeads);
      block_scores<E>(block, width, q, qStride, kCache, t, min(ROWS, T - t), h, shared, headDim, capacity, position, scale);
    }
  }
}

/** The second step: pattern[h,t] = softmax(scores[h,t]), 0 where masked. Both [nHeads, T, S8] f32, or one in place of the other. Owns heads begin..end. */
export function attention_pattern(pattern: usize, scores: usize, T: i32, position: i32, begin: i32, end: i32): void {
  softmax(pattern, scores, roundup8(position + T), begin * T, end * T);
}

/** The third step: z[t,h] = Σ_s pattern[h,t,s] V[h,s]. After the first two it gives the bits of attention_f32. Owns heads begin..end. */
export function attention_mix_f32(
  z: usize, pattern: usize, vCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, begin: i32, end: i32
): void {
  mix_alone<f32>(z, pattern, vCache, T, nHeads, nKvHeads, headDim, capacity, position, begin, end);
}

/** The same over a cache in f16. */
export function attention_mix_f16(
  z: usize, pattern: usize, vCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, begin: i32, end: i32
): void {
  mix_alone<u16>(z, pattern, vCache, T, nHeads, nKvHeads, headDim, capacity, position, begin, end);
}

function mix_alone<E>(
  z: usize, pattern: usize, vCache: usize,
  T: i32, nHeads: i32, nKvHeads: i32, headDim: i32, capacity: i32, position: i32, begin: i32, end: i32
): void {
  const width = roundup8(position + T), row = <usize>width << 2;
  for (let h = begin; h < end; h++) {
    for (let t = 0; t < T; t += ROWS) {
      const block = at(pattern, h * T + t, row), shared = h / (nHeads / nKvHeads);
      block_mix<E>(z, block, width, vCache, t, min(ROWS, T - t), nHeads, h, shared, headDim, capacity, position);
    }
  }
}

/** scores [rows, width] of the queries t .. t + rows of head h against the cache's head `shared`; E is the cache's element. */
function block_scores<E>(
  scores: usize, width: i32, q: usize, qStride: i32, kCache: usize,
  t: i32, rows: i32, h: i32, shared: i32, headDim: i32, capacity: i32, position: i32, scale: f32
): void {
  const row = <usize>width << 2, qRow = <usize>qStride << 2, panels = (position + t + rows + 7) >> 3;
  const query = at(q, t, qRow) + (<usize>(h * headDim) << 2);
  const keys = at(kCache, shared, <usize>capacity * <usize>headDim * sizeof<E>());
  memory.fill(scores, 0, <usize>rows * row);
  product<E>(scores, row, query, qRow, keys, <usize>headDim * 8 * sizeof<E>(), rows, width, headDim, F16_LIFT, 0, panels);

  for (let r = 0; r < rows; r++) finish<E>(at(scores, r, row), width, position + t + r + 1, scale);
}

/** z of the rows t .. t + rows of head h, from their pattern [rows, width]. Values past the block's last position are never read. */
function block_mix<E>(
  z: usize, pattern: usize, width: i32, vCache: usize,
  t: i32, rows: i32, nHeads: i32, h: i32, shared: i32, headDim: i32, capacity: i32, position: i32
): void {
  const zRow = <usize>(nHeads * headDim) << 2, panels = (headDim + 7) >> 3, row = <usize>panels * 8 * sizeof<E>();
  const zBlock = at(z, t, zRow) + (<usize>(h * headDim) << 2), panelBytes = <usize>VALUE_BLOCK * 8 * sizeof<E>();
  for (let r = 0; r < rows; r++) memory.fill(at(zBlock, r, zRow), 0, <usize>headDim << 2);
  let values = at(vCache, shared * capacity, row);
  for (let s = 0, seen = position + t + rows; s < seen; s += VALUE_BLOCK, values += <usize>VALUE_BLOCK * row) {
    const part = pattern + (<usize>s << 2), depth = min(VALUE_BLOCK, seen - s);
    product<E>(zBlock, zRow, part, <usize>width << 2, values, panelBytes, rows, headDim, depth, F16_LIFT * F16_LIFT, 0, panels);
  }
}
