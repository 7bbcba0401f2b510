import { describe, expect, test } from "vitest";
import { binaries, Harness, normal, sizes } from "./harness";

/** A copy with values at places. */
function having(x: Float32Array, value: number, ...places: number[]): Float32Array {
  const copy = x.slice();
  for (const place of places) copy[place] = value;
  return copy;
}

describe.each(binaries)("%s", (binary) => {
  test.each([...sizes, 50257])("argmax of %i finds the largest wherever it is, and the first of equals", async (n) => {
    const harness = await Harness.of(binary);
    const x = normal(n, n);
    const argmax = (values: Float32Array) => {
      harness.reset();
      return harness.kernels.argmax(harness.put(values), n);
    };
    const places = [0, 1, 2, 3, 4, n >> 1, n - 5, n - 4, n - 3, n - 2, n - 1].filter((i) => i >= 0 && i < n);
    for (const place of places) {
      expect(argmax(having(x, 100, place))).toBe(place);
      for (const other of places) expect(argmax(having(x, 100, place, other))).toBe(Math.min(place, other));
      expect(argmax(having(new Float32Array(n).fill(-Infinity), -1e38, place))).toBe(place);
      expect(argmax(having(new Float32Array(n).fill(NaN), -3, place))).toBe(place);
    }
    expect(argmax(new Float32Array(n).fill(7))).toBe(0);
    expect(argmax(new Float32Array(n).fill(-Infinity))).toBe(0);
    expect(argmax(new Float32Array(n).fill(NaN))).toBe(0);
    const holes = x.map((v, i) => (i % 3 === 1 ? NaN : v));
    const best = Math.max(...[...holes].filter((v) => !Number.isNaN(v)));
    expect(argmax(holes)).toBe(holes.indexOf(best));
    expect(harness.intact).toBe(true);
  });
});
