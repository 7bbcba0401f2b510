import { describe, expect, test } from "vitest";
import { binaries, Harness, normal, sizes } from "./harness";

/** W [N, K] as panels [ceil(N/8)][K][8], outputs past N 0. */
function panels(w: Float32Array, N: number, K: number): Float32Array {
  const out = new Float32Array(Math.ceil(N / 8) * 8 * K);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) out[((n >> 3) * K + k) * 8 + (n & 7)] = w[n * K + k] as number;
  }
  return out;
}

const shapes = [...sizes.map((K) => [9, K]), ...sizes.map((N) => [N, 5]), [1003, 37]] as [number, number][];

describe.each(binaries)("%s", (binary) => {
  test.each(shapes)("[%i, %i] goes to its panels from either layout, whole or in pieces", async (N, K) => {
    const harness = await Harness.of(binary);
    const w = normal(N * K, N + K);
    const expected = panels(w, N, K);
    for (const [pieceN, pieceK] of [
      [N, K],
      [8, K],
      [N, 3],
      [16, 5],
    ] as const) {
      for (const conv1d of [false, true]) {
        harness.reset();
        const dst = harness.room(expected.length);
        const file = harness.room(N * K);
        for (let n0 = 0; n0 < N; n0 += pieceN) {
          for (let k0 = 0; k0 < K; k0 += pieceK) {
            const [n1, k1] = [Math.min(n0 + pieceN, N), Math.min(k0 + pieceK, K)];
            const piece = new Float32Array((n1 - n0) * (k1 - k0));
            const [rowStride, colStride] = conv1d ? [1, n1 - n0] : [k1 - k0, 1];
            for (let n = n0; n < n1; n++) {
              for (let k = k0; k < k1; k++) piece[(n - n0) * rowStride + (k - k0) * colStride] = w[n * K + k] as number;
            }
            harness.set(file, piece);
            harness.kernels.pack_f32(dst, file, rowStride * 4, colStride * 4, N, K, n0, n1, k0, k1, 0);
          }
        }
        expect(harness.get(dst, expected.length)).toEqual(expected);
        expect(harness.intact).toBe(true);
      }
    }
  });

  test.each(shapes)("rows of [%i, %i] come back", async (N, K) => {
    const harness = await Harness.of(binary);
    const w = normal(N * K, N + K);
    const ids = Int32Array.of(N - 1, 0, N >> 1, N - 1, 0);
    const out = harness.room(ids.length * K);
    const pack = harness.put(panels(w, N, K));
    harness.kernels.rows_f32(out, harness.put(ids), pack, K, 0, 0, 2);
    harness.kernels.rows_f32(out, harness.put(ids), pack, K, 0, 2, ids.length);
    const expected = [...ids].flatMap((id) => [...w.subarray(id * K, (id + 1) * K)]);
    expect([...harness.get(out, expected.length)]).toEqual(expected);
    expect(harness.intact).toBe(true);
  });
});
