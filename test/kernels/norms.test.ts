import { describe, expect, test } from "vitest";
import { layerNorm, rmsNorm } from "../reference/norms";
import { binaries, eps, Harness, normal, sizes, worst } from "./harness";

const EPS = Math.fround(1e-5);
const T = 5;

const rowsOf = (x: Float32Array, n: number) =>
  Array.from({ length: x.length / n }, (_, t) => x.subarray(t * n, (t + 1) * n));
const largest = (x: ArrayLike<number>) => Array.from(x).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The norm of T rows in one range, in two, and in place: the same bits. */
async function run(binary: (typeof binaries)[number], name: "layer_norm" | "rms_norm", x: Float32Array, n: number) {
  const harness = await Harness.of(binary);
  const rows = x.length / n;
  const out = harness.room(x.length);
  const sd = harness.room(rows);
  harness.kernels[name](out, sd, harness.put(x), n, EPS, 0, rows);
  const results = { out: harness.get(out, x.length), sd: harness.get(sd, rows) };
  const place = harness.put(x);
  harness.kernels[name](place, sd, place, n, EPS, 2, rows);
  harness.kernels[name](place, sd, place, n, EPS, 0, Math.min(2, rows));
  expect(harness.get(place, x.length)).toEqual(results.out);
  expect(harness.get(sd, rows)).toEqual(results.sd);
  expect(harness.intact).toBe(true);
  return results;
}

describe.each(binaries)("%s", (binary) => {
  test.each(sizes)("layer_norm of rows of %i is the formula in f64, far from 0 too", async (n) => {
    for (const offset of [0, 3, 1000]) {
      const x = normal(T * n, n).map((v) => v + offset);
      const { out, sd } = await run(binary, "layer_norm", x, n);
      rowsOf(x, n).forEach((row, t) => {
        const expected = layerNorm(row, EPS);
        const spread = largest(expected.out);
        // n/4 + 8 roundings of values no larger than the spread, and the last digit of the mean
        const bound = (n / 4 + 8) * eps * spread + (eps * largest(row)) / expected.sd;
        expect(worst(out.subarray(t * n, (t + 1) * n), expected.out, () => bound)).toBeLessThanOrEqual(1);
        expect(Math.abs((sd[t] as number) / expected.sd - 1)).toBeLessThanOrEqual((n / 8 + 8) * eps + bound ** 2);
      });
    }
  });

  test("layer_norm of a constant row is 0, of large values close together finite", async () => {
    for (const n of sizes) {
      for (const value of [0.1, -7.3, 1000.1, 40000]) {
        const { out, sd } = await run(binary, "layer_norm", new Float32Array(2 * n).fill(value), n);
        expect([...out].every((v) => v === 0)).toBe(true);
        expect(sd[0]).toBeCloseTo(Math.sqrt(EPS), 6);
      }
      const close = normal(3 * n, n).map((v) => 40000 + v);
      const { out } = await run(binary, "layer_norm", close, n);
      expect([...out].every(Number.isFinite)).toBe(true);
    }
  });

  test.each(sizes)("rms_norm of rows of %i is the formula in f64", async (n) => {
    const x = normal(T * n, n, 2);
    const { out, sd } = await run(binary, "rms_norm", x, n);
    rowsOf(x, n).forEach((row, t) => {
      const expected = rmsNorm(row, EPS);
      // n/4 + 2 roundings under the root, which halves them, and three after it
      const relative = (n / 8 + 4) * eps;
      const limit = (i: number) => relative * Math.abs(expected.out[i] as number);
      expect(worst(out.subarray(t * n, (t + 1) * n), expected.out, limit)).toBeLessThanOrEqual(1);
      expect(Math.abs((sd[t] as number) / expected.sd - 1)).toBeLessThanOrEqual(relative);
    });
    expect(new Set((await run(binary, "rms_norm", new Float32Array(2 * n), n)).out)).toEqual(new Set([0]));
  });

  test.each(sizes)("scale_shift of rows of %i, with and without a shift", async (n) => {
    const harness = await Harness.of(binary);
    const [x, scale, shift] = [normal(T * n, 1), normal(n, 2), normal(n, 3)];
    const out = harness.room(T * n);
    for (const add of [shift, null]) {
      const expected = Array.from(x, (v, i) => v * (scale[i % n] as number) + (add ? (add[i % n] as number) : 0));
      const pointer = add ? harness.put(add) : 0;
      harness.kernels.scale_shift(out, harness.put(x), harness.put(scale), pointer, n, 0, 2);
      harness.kernels.scale_shift(out, harness.put(x), harness.put(scale), pointer, n, 2, T);
      // a product and a sum, each rounded once
      const limit = (i: number) =>
        eps * (Math.abs((x[i] as number) * (scale[i % n] as number)) * (1 + eps) + Math.abs(expected[i] as number));
      expect(worst(harness.get(out, T * n), expected, limit)).toBeLessThanOrEqual(1);
      const place = harness.put(x);
      harness.kernels.scale_shift(place, place, harness.put(scale), pointer, n, 0, T);
      expect(harness.get(place, T * n)).toEqual(harness.get(out, T * n));
    }
    expect(harness.intact).toBe(true);
  });
});
