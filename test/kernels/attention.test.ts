import { describe, expect, test } from "vitest";
import { attention } from "../reference/attention";
import { toHalf } from "../reference/half";
import { binaries, eps, Harness, normal, worst } from "./harness";

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
  { T: 1, position: 63, nHeads: 4, nKvHeads: 4, headDim: 8 },
  { T: 1, position: 64, nHeads: 7, nKvHeads: 7, headDim: 16 },
  { T: 2, position: 190, nHeads: 6, nKvHeads: 3, headDim: 24 },
  { T: 65, position: 0, nHeads: 2, nKvHeads: 2, headDim: 64 },
  { T: 25, position: 65, nHeads: 1, nKvHeads: 1, headDim: 65 },
];

/** A cache filled by kv_store, and the queries after it. `chunk` positions are stored and attended at a time. */
function run(
  harness: Harness,
  shape: Shape,
  qkv: Float32Array,
  chunk: number,
  byHead = false,
  cache: "f32" | "f16" = "f32",
) {
  const { T, position, nHeads, nKvHeads, headDim } = shape;
  const { kernels } = harness;
  harness.reset();
  const end = position + T;
  const width = (nHeads + 2 * nKvHeads) * headDim;
  const capacity = Math.ceil(end / 64) * 64 + 64;
  const bytes = cache === "f32" ? 4 : 2;
  const kCache = harness.bytes(nKvHeads * capacity * headDim * bytes);
  const vCache = harness.bytes(nKvHeads * Math.ceil(headDim / 8) * capacity * 8 * bytes);
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
        kernels[`kv_store_${cache}`](kCache, vCache, k, v, width, n, headDim, capacity, t, h, h + 1);
    else kernels[`kv_store_${cache}`](kCache, vCache, k, v, width, n, headDim, capacity, t, 0, nKvHeads);
  };
  if (position > 0) store(0, position);
  for (let t = position; t < end; t += chunk) {
    const n = Math.min(chunk, end - t);
    const zRows = z + (t - position) * nHeads * headDim * 4;
    const heads: [number, number][] = byHead ? Array.from({ length: nHeads }, (_, h) => [h, h + 1]) : [[0, nHeads]];
    store(t, n);
    for (const [from, to] of heads)
      kernels[`attention_${cache}`](
        zRows, scratch, row(t, 0), width, kCache, vCache,
        n, nHeads, nKvHeads, headDim, capacity, t, scale, from, to,
      ); // biome-ignore format: the signature's own groups
  }
  kernels[`attention_scores_${cache}`](
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
  kernels[`attention_mix_${cache}`](steps, scores, vCache, T, nHeads, nKvHeads, headDim, capacity, position, 0, nHeads);
  return {
    z: harness.get(z, T * nHeads * headDim),
    steps: harness.get(steps, T * nHeads * headDim),
    scores: s,
    pattern: harness.get(scores, s.length),
  };
}

const abs = (rows: Float32Array[]) => rows.map((row) => row.map(Math.abs));

describe.each(binaries)("%s", (binary) => {
  describe.each([1, 60])("queries and keys times %i", (amplitude) => {
    test.each(shapes)(
      "$T rows at $position, $nHeads/$nKvHeads heads of $headDim: the formula in f64",
      async (shape) => {
        const { T, position, nHeads, nKvHeads, headDim } = shape;
        const harness = await Harness.of(binary);
        const width = (nHeads + 2 * nKvHeads) * headDim;
        const qkWidth = (nHeads + nKvHeads) * headDim;
        const qkv = normal((position + T) * width, 7).map((v, i) => (i % width < qkWidth ? amplitude * v : v));
        const q = rowsOf(qkv, width, 0, nHeads * headDim).slice(position);
        const k = rowsOf(qkv, width, nHeads * headDim, nKvHeads * headDim);
        const v = rowsOf(qkv, width, qkWidth, nKvHeads * headDim);
        const formula = (...[q, k]: Float32Array[][]) =>
          attention(q as Float32Array[], k as Float32Array[], v, nHeads, nKvHeads, position, 1 / Math.sqrt(headDim));
        const expected = formula(q, k);
        const scores = expected.scores.flat(2);
        const largest = (values: number[]) =>
          values.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);

        const whole = run(harness, shape, qkv, T);
        expect(harness.intact).toBe(true);

        // A score is headDim products and sums and the scaling, each rounded once; -infinity stands where the mask is.
        const scoreError = (headDim + 2) * eps * largest(formula(abs(q), abs(k)).scores.flat(2));
        const S8 = Math.ceil((position + T) / 8) * 8;
        const padded = (rows: number[][][], rest: number) =>
          rows.flat().flatMap((row) => [...row, ...new Array<number>(S8 - row.length).fill(rest)]);
        const mask = (values: ArrayLike<number>) => Array.from(values, (x) => (x === -Infinity ? 1e9 : x));
        const paddedScores = mask(padded(expected.scores, -Infinity));
        expect(worst(mask(whole.scores), paddedScores, () => scoreError)).toBeLessThanOrEqual(1);

        // A weight has the errors of its score and of the sum's, and softmax's own; below e^-87 it is 0.
        const spread = Math.min(2 * largest(scores), 88);
        const weightError = Math.expm1(2 * scoreError) + (2 * spread + S8 / 256 + 72) * eps;
        const weights = padded(expected.pattern, 0);
        const weightBound = (i: number) => weightError * (weights[i] as number) + (weights[i] ? 2 ** -126 : 0);
        expect(worst(whole.pattern, weights, weightBound)).toBeLessThanOrEqual(1);

        // And z one product and sum a position more.
        const zBound = (weightError + (position + T) * eps) * largest(v.flatMap((row) => [...row]));
        expect(worst(whole.z, expected.z.flat(), () => zBound)).toBeLessThanOrEqual(1);

        // One row at a time, its heads together and one by one, and in three steps: the same bits.
        expect(run(harness, shape, qkv, 1).z).toEqual(whole.z);
        expect(run(harness, shape, qkv, 1, true).z).toEqual(whole.z);
        expect(whole.steps).toEqual(whole.z);
      },
    );
  });

  test.each(shapes)(
    "$T rows at $position, $nHeads/$nKvHeads heads of $headDim: a cache in f16 gives the bits of its rounded values",
    async (shape) => {
      const { T, position, nHeads, nKvHeads, headDim } = shape;
      const width = (nHeads + 2 * nKvHeads) * headDim;
      const qkv = normal((position + T) * width, 7);
      const edges = [1e6, -1e6, 2 ** -15, 65503, 0];
      edges.forEach((v, i) => {
        const at = (i * width + nHeads * headDim + i) % qkv.length;
        if (at % width >= nHeads * headDim) qkv[at] = v;
      });
      const stored = (v: number) => {
        const half = toHalf(Math.max(-65504, Math.min(65504, v)));
        return Math.abs(half) < 2 ** -14 ? 0 : half;
      };
      const rounded = qkv.map((v, i) => (i % width < nHeads * headDim ? v : stored(v)));
      const harness = await Harness.of(binary);
      const expected = run(harness, shape, rounded, T);
      expect(run(harness, shape, qkv, T, false, "f16")).toEqual(expected);
      expect(harness.intact).toBe(true);
      expect(run(harness, shape, qkv, 1, false, "f16").z).toEqual(expected.z);
      expect(run(harness, shape, qkv, 1, true, "f16").z).toEqual(expected.z);
    },
  );
});
