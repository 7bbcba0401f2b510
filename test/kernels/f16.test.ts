import { describe, expect, test } from "vitest";
import { toHalf } from "../reference/half";
import { matmul } from "../reference/matmul";
import { binaries, eps, Harness, normal } from "./harness";

const sizes = [1, 5, 26, 31, 32, 33, 37, 64, 65, 768];
const shapes = [
  ...sizes.map((K) => [13, 37, K]),
  ...[1, 7, 8, 9, 151, 1003].map((N) => [7, N, 26]),
  ...Array.from({ length: 9 }, (_, i) => [i + 1, 151, 65]),
  [1, 1003, 768],
  [127, 24, 1540],
] as [number, number, number][];

/** As it is stored: f16, what would be subnormal is 0. */
const stored = (x: number) => (Math.abs(toHalf(x)) < 2 ** -14 ? 0 : toHalf(x));

function pack(harness: Harness, w: Float32Array, N: number, K: number, conv1d = false): number {
  const panels = harness.bytes(Math.ceil(N / 8) * K * 16);
  const transposed = Float32Array.from({ length: N * K }, (_, i) => w[(i % N) * K + Math.floor(i / N)] as number);
  const source = harness.put(conv1d ? transposed : w);
  const [rowStride, colStride] = conv1d ? [4, N * 4] : [K * 4, 4];
  const n = Math.min(8, N);
  harness.kernels.pack_f16(panels, source, rowStride, colStride, N, K, 0, n, 0, K, 0);
  harness.kernels.pack_f16(panels, source + n * rowStride, rowStride, colStride, N, K, n, N, 0, K, 0);
  return panels;
}

describe.each(binaries)("%s", (binary) => {
  test("f16 is the nearest, ties to even, subnormals are 0", async () => {
    const harness = await Harness.of(binary);
    const halfway = [0, 1, 2, 3, 1022, 1023].map((m) => 1 + (m + 0.5) / 1024);
    const edges = [65504, 65519.99, 2 ** -14, 2 ** -14 - 2 ** -25, 2 ** -14 - 2 ** -24, 2 ** -15, 6e-8, 1e-30, 0];
    const w = Float32Array.from([...halfway, ...edges].flatMap((v) => [v, -v, v * (1 + 2 ** -20), v * (1 - 2 ** -20)]));
    const out = harness.room(w.length);
    harness.kernels.rows_f16(out, harness.put(Int32Array.of(0)), pack(harness, w, 1, w.length), w.length, 0, 0, 1);
    const limited = (v: number) => Math.max(-65504, Math.min(65504, v));
    expect([...harness.get(out, w.length)].map((v) => v + 0)).toEqual([...w].map((v) => limited(stored(v)) + 0));
    expect(harness.intact).toBe(true);
  });

  test.each(shapes)(
    "x [%i, K] times W [%i, %i] is the sum in f64, for any range and row count the same bits",
    async (T, N, K) => {
      const harness = await Harness.of(binary);
      const [x, w, bias] = [normal(T * K, 1), normal(N * K, 2, 0.1), normal(N, 3)];
      const shift = harness.put(bias);
      const panels = Math.ceil(N / 8);
      const product = (rows: Float32Array, packed: number, cuts: number[] = [], withBias = shift) => {
        const out = harness.room((rows.length / K) * N);
        const input = harness.put(rows);
        const edges = [0, ...cuts, panels];
        for (let i = 1; i < edges.length; i++) {
          const [begin, end] = edges.slice(i - 1) as [number, number];
          harness.kernels.matmul_f16(out, input, packed, withBias, rows.length / K, N, K, begin, end);
        }
        return harness.get(out, (rows.length / K) * N);
      };

      const packed = pack(harness, w, N, K);
      const out = product(x, packed);
      const expected = matmul(x, w.map(stored), bias, T, N, K);
      out.forEach((value, i) => {
        const bound = (K + 1) * eps * (expected.magnitude[i] as number);
        expect(Math.abs(value - (expected.out[i] as number))).toBeLessThanOrEqual(bound);
      });
      expect(product(x, pack(harness, w, N, K, true), [panels >> 2, panels >> 2, (3 * panels) >> 2])).toEqual(out);
      for (let t = 0; t < T; t++)
        expect(product(x.subarray(t * K, (t + 1) * K), packed, [panels >> 1])).toEqual(
          out.subarray(t * N, (t + 1) * N),
        );
      expect(product(x, packed, [], 0)).toEqual(product(x, packed, [], harness.put(new Float32Array(N))));

      const f32 = harness.bytes(panels * K * 32);
      harness.kernels.pack_f32(f32, harness.put(w.map(stored)), K * 4, 4, N, K, 0, N, 0, K, 0);
      const same = harness.room(T * N);
      harness.kernels.matmul_f32(same, harness.put(x), f32, shift, T, N, K, 0, panels);
      expect(harness.get(same, T * N)).toEqual(out);

      const rows = harness.room(2 * K);
      harness.kernels.rows_f16(rows, harness.put(Int32Array.of(N - 1, N >> 1)), packed, K, 0, 0, 2);
      const row = (n: number) => [...w.subarray(n * K, (n + 1) * K)].map(stored);
      expect([...harness.get(rows, 2 * K)]).toEqual([...row(N - 1), ...row(N >> 1)]);
      expect(harness.intact).toBe(true);
    },
  );

  test("activations of 1e30 neither overflow nor vanish, and tiny ones are exact", async () => {
    const harness = await Harness.of(binary);
    const packed = pack(harness, Float32Array.of(2 ** -14, 65504, -1), 3, 1);
    for (const x of [2 ** 40, -(2 ** 70), 2 ** -60]) {
      const out = harness.room(3);
      harness.kernels.matmul_f16(out, harness.put(Float32Array.of(x)), packed, 0, 1, 3, 1, 0, 1);
      expect([...harness.get(out, 3)]).toEqual([x * 2 ** -14, x * 65504, -x]);
    }
  });

  test("max_abs finds the largest magnitude, or NaN", async () => {
    const harness = await Harness.of(binary);
    for (const n of [1, 2, 3, 4, 5, 37, 64]) {
      for (let i = 0; i < n; i++) {
        const x = normal(n, n);
        x[i] = -100;
        expect(harness.kernels.max_abs(harness.put(x), n)).toBe(100);
        x[i] = Number.NaN;
        expect(harness.kernels.max_abs(harness.put(x), n)).toBeNaN();
      }
    }
  });
});
