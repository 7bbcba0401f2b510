import { describe, expect, test } from "vitest";
import { geluErf, geluTanh, relu, silu } from "../reference/activations";
import { binaries, Harness, normal, sizes, worst } from "./harness";

const kinds = [
  // exact
  { name: "relu", formula: relu, bound: () => 0 },
  // e^-2u is off by (2 + 4.5 |2u|) eps of itself, which moves x / (1 + e^-2u) by at most 0.28 · 4.5 eps more than its own rounding
  { name: "gelu_tanh", formula: geluTanh, bound: (x: number) => 3e-7 * Math.abs(x) },
  // Φ(-a) ≤ 1/2 is off by 8.3e-8 and 6 eps of itself
  { name: "gelu_erf", formula: geluErf, bound: (x: number) => 3e-7 * Math.abs(x) },
] as const;

/** Every 1/512 in [-14, 14], where the curves bend. */
const dense = Float32Array.from({ length: 14 * 1024 + 1 }, (_, i) => i / 512 - 14);
/** From tiny to 1e30, both signs mixed, so that lanes and tail see each. */
const far = [0, 1e-30, 1e-6, 9, 11, 13, 13.3, 20, 22, 89, 1e3, 1e4, 1e19, 1e20, 1e30].flatMap((x) => [
  x,
  -x,
  x,
  -x,
  -x,
]);

describe.each(binaries)("%s", (binary) => {
  describe.each(kinds)("$name", ({ name, formula, bound }) => {
    test.each(sizes)("%i elements in two ranges and in place", async (n) => {
      const harness = await Harness.of(binary);
      const x = normal(n, n, 3);
      const out = harness.room(n);
      harness.kernels[name](out, harness.put(x), 0, n >> 1);
      harness.kernels[name](out, harness.put(x), n >> 1, n);
      const expected = Array.from(x, formula);
      const limit = (i: number) => bound(x[i] as number);
      expect(worst(harness.get(out, n), expected, limit)).toBeLessThanOrEqual(1);
      const place = harness.put(x);
      harness.kernels[name](place, place, 0, n);
      expect(harness.get(place, n)).toEqual(harness.get(out, n));
      expect(harness.intact).toBe(true);
    });

    test("keeps its bound along the whole curve", async () => {
      const harness = await Harness.of(binary);
      const out = harness.room(dense.length);
      harness.kernels[name](out, harness.put(dense), 0, dense.length);
      const limit = (i: number) => bound(dense[i] as number);
      expect(worst(harness.get(out, dense.length), Array.from(dense, formula), limit)).toBeLessThanOrEqual(1);
    });

    test("is x or 0 far out, never NaN, in lanes and tail", async () => {
      const harness = await Harness.of(binary);
      for (const n of [far.length, 37, 3]) {
        const x = Float32Array.from(far.slice(-n));
        const out = harness.room(n);
        harness.kernels[name](out, harness.put(x), 0, n);
        harness.get(out, n).forEach((value, i) => {
          const from = x[i] as number;
          if (from > 8) expect(value).toBe(from);
          else if (from < -15) expect(Math.abs(value)).toBeLessThan(1e-40);
          else expect(value).not.toBeNaN();
        });
      }
    });
  });

  test.each(sizes)("silu_mul of %i elements in two ranges and in place", async (n) => {
    const harness = await Harness.of(binary);
    const gate = normal(n, n, 5);
    const up = normal(n, n + 1);
    const out = harness.room(n);
    harness.kernels.silu_mul(out, harness.put(gate), harness.put(up), 0, n >> 1);
    harness.kernels.silu_mul(out, harness.put(gate), harness.put(up), n >> 1, n);
    const expected = Array.from(gate, (g, i) => silu(g) * (up[i] as number));
    // as gelu_tanh, with one product more
    const limit = (i: number) => 4e-7 * Math.abs((gate[i] as number) * (up[i] as number));
    expect(worst(harness.get(out, n), expected, limit)).toBeLessThanOrEqual(1);
    const place = harness.put(up);
    harness.kernels.silu_mul(place, harness.put(gate), place, 0, n);
    expect(harness.get(place, n)).toEqual(harness.get(out, n));
    expect(harness.intact).toBe(true);
  });

  test("silu_mul is up or 0 times the gate far out", async () => {
    const harness = await Harness.of(binary);
    const gate = Float32Array.from(far);
    const out = harness.room(far.length);
    harness.kernels.silu_mul(
      out,
      harness.put(gate),
      harness.put(new Float32Array(far.length).fill(0.5)),
      0,
      far.length,
    );
    harness.get(out, far.length).forEach((value, i) => {
      const from = gate[i] as number;
      if (from > 18) expect(value).toBe(Math.fround(from / 2));
      else if (from < -100) expect(value).toBe(-0);
      else expect(value).not.toBeNaN();
    });
  });
});
