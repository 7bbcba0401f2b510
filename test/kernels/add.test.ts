import { describe, expect, test } from "vitest";
import { binaries, Harness, normal, sizes } from "./harness";

describe.each(binaries)("%s", (binary) => {
  test.each(sizes)("add of %i elements is rounded once, in two ranges and in place", async (n) => {
    const harness = await Harness.of(binary);
    const [a, b] = [normal(n, 1), normal(n, 2, 100)];
    const expected = a.map((v, i) => v + (b[i] as number));
    const out = harness.room(n);
    harness.kernels.add(out, harness.put(a), harness.put(b), 0, n >> 1);
    harness.kernels.add(out, harness.put(a), harness.put(b), n >> 1, n);
    expect(harness.get(out, n)).toEqual(expected);
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const place = harness.put(from);
      harness.kernels.add(place, place, harness.put(to), 0, n);
      expect(harness.get(place, n)).toEqual(expected);
    }
    expect(harness.intact).toBe(true);
  });
});
