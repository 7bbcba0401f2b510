import { describe, expect, test } from "vitest";
import { attention } from "../reference/attention";
import { binaries, eps, Harness, normal } from "./harness";

/** Rows of q, k and v side by side, as one matrix product leaves them. */
function rowsOf(data: Float32Array, stride: number, from: number, width: number): Float32Array[] {
  return Array.from({ length: data.length / stride }, (_, t) =>
    data.subarray(t * stride + from, t * stride + from + width),
  );
}

interface Shape {
  T: number;
  position: number;
  nHeads: number;
  nKvHeads: number;
  headDim: number;
}

const shapes: Shape[] = [
  { T: 1, position: 0, nHeads: 1, nKvHeads: 1, headDim: 1 },
  { T: 3, position: 0, nHeads: 2, nKvHeads: 2, headDim: 2 },
  { T: 5, position: 4, nHeads: 3, nKvHeads: 1, headDim: 3 },
  { T: 1, position: 36, nHeads: 2, nKvHeads: 2, headDim: 5 },
  { T: 8, position: 0, nHeads: 2, nKvHeads: 1, headDim: 8 },
  { T: 37, position: 26, nHeads: 2, nKvHeads: 2, headDim: 26 },
  { T: 26, position: 37, nHeads: 4, nKvHeads: 2, headDim: 37 },
  { T: 49, position: 63, nHeads: 2, nKvHeads: 2, headDim: 63 },
  { T: 1, position: 767, nHeads: 2, nKvHeads: 2, headDim: 64 },
  { T: 65, position: 0, nHeads: 2, nKvHeads: 2, headDim: 64 },
  { T: 25, position: 65, nHeads: 1, nKvHeads: 1, headDim: 65 },
];

/** A cache filled by kv_store_f32, and the queries after it. `chunk` positions are stored and attended at a time. */
function run(harness: Harness, shape: Shape, qkv: Float32Array, chunk: number, byHead = false) {
  const { T, position, nHeads, nKvHeads, headDim } = shape;
  const { kernels } = harness;
  harness.reset();
  const end = position + T;
  const width = (nHeads + 2 * nKvHeads) * headDim;
  const capacity = Math.ceil(end / 8) * 8 + 8;
  const kCache = harness.room(nKvHeads * capacity * headDim);
  const vCache = harness.room(nKvHeads * Math.ceil(headDim / 8) * capacity * 8);
  const scratch = harness.room(nHeads * kernels.attention_scratch_rows() * Math.ceil(end / 8) * 8);
  const scores = harness.room(nHeads * T * Math.ceil(end / 8) * 8);
  const all = harness.put(qkv);
  const z = harness.room(T * nHeads * headDim);
  const steps = harness.room(T * nHeads * headDim);
  const scale = 1 / Math.sqrt(headDim);
  const row = (t: number, column: number) => all + (t * width + column) * 4;
  const store = (t: number, n: number) => {
    const k = row(t, nHeads * headDim);
    const v = row(t, (nHeads + nKvHeads) * headDim);
    if (byHead)
      for (let h = nKvHeads - 1; h >= 0; h--)
        kernels.kv_store_f32(kCache, vCache, k, v, width, n, headDim, capacity, t, h, h + 1);
    else kernels.kv_store_f32(kCache, vCache, k, v, width, n, headDim, capacity, t, 0, nKvHeads);
  };
  if (position > 0) store(0, position);
  for (let t = position; t < end; t += chunk) {
    const n = Math.min(chunk, end - t);
    const zRows = z + (t - position) * nHeads * headDim * 4;
    const heads: [number, number][] = byHead ? Array.from({ length: nHeads }, (_, h) => [h, h + 1]) : [[0, nHeads]];
    store(t, n);
    for (const [from, to] of heads)
      kernels.attention_f32(
        zRows, scratch, row(t, 0), width, kCache, vCache,
        n, nHeads, nKvHeads, headDim, capacity, t, scale, from, to,
      ); // biome-ignore format: the signature's own groups
  }
  kernels.attention_scores_f32(
    scores,
    row(position, 0),
    width,
    kCache,
    T,
    nHeads,
    nKvHeads,
    headDim,
    capacity,
    position,
    scale,
    0,
    nHeads,
  );
  const s = harness.get(scores, nHeads * T * Math.ceil(end / 8) * 8);
  kernels.attention_pattern(scores, scores, T, position, 0, nHeads);
  kernels.attention_mix_f32(steps, scores, vCache, T, nHeads, nKvHeads, headDim, capacity, position, 0, nHeads);
  return {
    z: harness.get(z, T * nHeads * headDim),
    steps: harness.get(steps, T * nHeads * headDim),
    scores: s,
    pattern: harness.get(scores, s.length),
  };
}

describe.each(binaries)("%s", (binary) => {
  test.each(shapes)(
    "attention is the formula in f64: $T rows at $position, $nHeads/$nKvHeads heads of $headDim",
    async (shape) => {
      const { T, position, nHeads, nKvHeads, headDim } = shape;
      const harness = await Harness.of(binary);
      const width = (nHeads + 2 * nKvHeads) * headDim;
      const qkv = normal((position + T) * width, 7);
      const k = rowsOf(qkv, width, nHeads * headDim, nKvHeads * headDim);
      const v = rowsOf(qkv, width, (nHeads + nKvHeads) * headDim, nKvHeads * headDim);
      const q = rowsOf(qkv, width, 0, nHeads * headDim).slice(position);
      const expected = attention(q, k, v, nHeads, nKvHeads, position, 1 / Math.sqrt(headDim));

      const whole = run(harness, shape, qkv, T);
      expect(harness.intact).toBe(true);
      const most = Math.max(...expected.scores.flat(2).filter(Number.isFinite).map(Math.abs));
      const mostV = v.reduce((m, row) => Math.max(m, ...row.map(Math.abs)), 0);
      const bound = (2 * headDim * (most + 1) + position + T + 80) * eps * mostV;
      whole.z.forEach((value, i) => {
        expect(Math.abs(value - (expected.z.flat()[i] as number))).toBeLessThanOrEqual(bound);
      });

      // One row at a time, head by head, and in three steps: the same bits.
      expect(run(harness, shape, qkv, 1, true).z).toEqual(whole.z);
      expect(whole.steps).toEqual(whole.z);
    },
  );
});
