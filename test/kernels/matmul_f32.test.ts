import { describe, expect, test } from "vitest";
import { matmul } from "../reference/matmul";
import { binaries, eps, Harness, normal, sizes, worst } from "./harness";

/** W [N, K] in panels, packed from [out, in] or, as Conv1D files hold it, from [in, out]. */
function pack(harness: Harness, w: Float32Array, N: number, K: number, conv1d = false): number {
  const panels = harness.room(Math.ceil(N / 8) * 8 * K);
  if (conv1d) {
    const transposed = new Float32Array(N * K);
    for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) transposed[k * N + n] = w[n * K + k] as number;
    harness.kernels.pack_f32(panels, harness.put(transposed), 4, N * 4, N, K, 0, N, 0, K, 0);
  } else {
    harness.kernels.pack_f32(panels, harness.put(w), K * 4, 4, N, K, 0, N, 0, K, 0);
  }
  return panels;
}

function product(
  harness: Harness,
  x: Float32Array,
  panels: number,
  bias: Float32Array | null,
  T: number,
  N: number,
  K: number,
  cuts: number[] = [],
) {
  const out = harness.room(T * N);
  const input = harness.put(x);
  const shift = bias ? harness.put(bias) : 0;
  const edges = [0, ...cuts, Math.ceil(N / 8)];
  for (let i = 1; i < edges.length; i++) {
    harness.kernels.matmul_f32(out, input, panels, shift, T, N, K, edges[i - 1] as number, edges[i] as number);
  }
  return harness.get(out, T * N);
}

describe.each(binaries)("%s", (binary) => {
  const shapes = [
    ...sizes.map((K) => [13, 37, K]),
    ...sizes.map((N) => [7, N, 26]),
    ...Array.from({ length: 13 }, (_, i) => [i + 1, 1003, 65]),
    [1, 1003, 768],
    [20, 24, 65],
    [127, 24, 1540],
    [139, 24, 1540],
  ] as [number, number, number][];

  test.each(shapes)(
    "x [%i, K] times W [%i, %i] is the sum in f64, for any range and row count the same bits",
    async (T, N, K) => {
      const harness = await Harness.of(binary);
      const [x, w, bias] = [normal(T * K, 1), normal(N * K, 2, 0.1), normal(N, 3)];
      const panels = pack(harness, w, N, K);
      const out = product(harness, x, panels, bias, T, N, K);
      const expected = matmul(x, w, bias, T, N, K);
      // K products and K sums, each rounded once
      const bound = (i: number) => (K + 1) * eps * (expected.magnitude[i] as number);
      expect(worst(out, expected.out, bound)).toBeLessThanOrEqual(1);

      const P = Math.ceil(N / 8);
      expect(product(harness, x, pack(harness, w, N, K, true), bias, T, N, K, [P >> 2, P >> 2, (3 * P) >> 2])).toEqual(
        out,
      );
      for (const t of [0, T - 1]) {
        const row = product(harness, x.subarray(t * K, (t + 1) * K), panels, bias, 1, N, K, [P >> 1]);
        expect(row).toEqual(out.subarray(t * N, (t + 1) * N));
      }
      expect(product(harness, x, panels, null, T, N, K)).toEqual(
        product(harness, x, panels, new Float32Array(N), T, N, K),
      );
      expect(harness.intact).toBe(true);
    },
  );
});
