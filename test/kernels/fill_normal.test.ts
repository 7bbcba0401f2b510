import { describe, expect, test } from "vitest";
import seeded from "../golden/seeded.json";
import { binaries, Harness } from "./harness";

/** How many f32 lie from a to b. */
function ulps(a: number, b: number): number {
  const [x, y] = new Int32Array(Float32Array.of(a, b).buffer) as unknown as [number, number];
  return Math.abs((x < 0 ? -(x & 0x7fffffff) : x) - (y < 0 ? -(y & 0x7fffffff) : y));
}

describe.each(binaries)("%s", (binary) => {
  test.each(seeded.samples)(
    "seed $seed, $name: numpy's values to one f32 ulp",
    async ({ base, shape, std, ...golden }) => {
      const harness = await Harness.of(binary, 192);
      const count = shape.reduce((a, b) => a * b, 1);
      const out = harness.room(count);
      harness.kernels.fill_normal(out, BigInt(base), std, 0, count);
      const values = harness.get(out, count);
      const near = (from: number, expected: number[]) => {
        for (const [i, v] of expected.entries()) expect(ulps(values[from + i] as number, v)).toBeLessThanOrEqual(1);
      };
      near(0, golden.first);
      near(count - golden.last.length, golden.last);
      // one ulp a value at most
      const sum = values.reduce((a, v) => a + v, 0);
      const squares = values.reduce((a, v) => a + v * v, 0);
      const size = values.reduce((a, v) => a + Math.abs(v), 0);
      expect(Math.abs(sum - golden.sum)).toBeLessThanOrEqual(2 ** -23 * size);
      expect(Math.abs(squares - golden.sumOfSquares)).toBeLessThanOrEqual(2 ** -22 * squares);

      const part = harness.room(7);
      const first = Math.min(1000, count - 7) & ~1;
      harness.kernels.fill_normal(part, BigInt(base), std, first, 7);
      expect(harness.get(part, 7)).toEqual(values.subarray(first, first + 7));
      expect(harness.intact).toBe(true);
    },
  );
});
