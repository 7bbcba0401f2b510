import { describe, expect, test } from "vitest";
import { logSumExp, softmax } from "../reference/softmax";
import { binaries, eps, Harness, normal, sizes, worst } from "./harness";

const T = 3;
const all = [...sizes, 1003, 50257];

describe.each(binaries)("%s", (binary) => {
  test.each(all)("softmax of rows of %i is the formula in f64, with masked and far values", async (n) => {
    const harness = await Harness.of(binary);
    for (const [scale, offset] of [
      [1, 0],
      [20, 0],
      [3, 1e4],
    ] as const) {
      const x = normal(T * n, n, scale).map((v) => v + offset);
      for (let i = 1; i < n; i += 3) x[n + i] = -Infinity; // the second row
      const out = harness.room(T * n);
      harness.kernels.softmax(out, harness.put(x), n, 0, 1);
      harness.kernels.softmax(out, harness.put(x), n, 1, T);
      const p = harness.get(out, T * n);
      for (let t = 0; t < T; t++) {
        const row = x.subarray(t * n, (t + 1) * n);
        const expected = softmax(row);
        const most = row.reduce((a, b) => Math.max(a, b));
        // The exponent's rounding, 2 |x - max| eps; sums of 64 in a lane, then of n/256; below e^-87 a probability is 0.
        const limit = (i: number) =>
          (2 * Math.min(most - (row[i] as number), 88) + n / 256 + 72) * eps * (expected[i] as number) + 2 ** -126;
        expect(worst(p.subarray(t * n, (t + 1) * n), expected, limit)).toBeLessThanOrEqual(1);
        row.forEach((v, i) => {
          if (v === -Infinity && p[t * n + i] !== 0) throw new Error(`masked ${i} has a probability`);
        });
      }
      const place = harness.put(x);
      harness.kernels.softmax(place, place, n, 0, T);
      expect(harness.get(place, T * n)).toEqual(p);
      expect(harness.intact).toBe(true);
      harness.reset();
    }
  });

  test.each(all)("log_sum_exp of %i is the formula in f64", async (n) => {
    const harness = await Harness.of(binary);
    for (const [scale, offset] of [
      [1, 0],
      [20, 0],
      [3, 1e4],
      [1, -1e4],
    ] as const) {
      const x = normal(n, n, scale).map((v) => v + offset);
      const expected = logSumExp(x);
      const value = harness.kernels.log_sum_exp(harness.put(x), n);
      // The sum as in softmax, weighted by the probabilities, whose |x - max| is at most ln n + 1 on average; then one rounding.
      const bound = (2 * Math.log(n) + 2 + n / 256 + 72) * eps + Math.abs(expected) * eps;
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(bound);
    }
    expect(harness.intact).toBe(true);
  });

  test("log_sum_exp of n equal values is the value plus ln n", async () => {
    const harness = await Harness.of(binary);
    for (let n = 1; n < 3000; n = Math.ceil(n * 1.3)) {
      const value = harness.kernels.log_sum_exp(harness.put(new Float32Array(n).fill(-2)), n);
      expect(Math.abs(value - (Math.log(n) - 2))).toBeLessThanOrEqual(
        (n / 256 + 72) * eps + eps * Math.abs(Math.log(n) - 2),
      );
    }
  });
});
