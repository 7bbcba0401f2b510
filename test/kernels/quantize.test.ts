import { describe, expect, test } from "vitest";
import { activations, blocks, START, STEPS } from "../reference/quants";
import { binaries, Harness, normal } from "./harness";

describe.each(binaries)("%s", (binary) => {
  test.each([1, 5, 26, 31, 32, 33, 37, 64, 65, 768])(
    "rows of %i activations as scale, integers and where sums start",
    async (K) => {
      const T = 5;
      const harness = await Harness.of(binary);
      const x = normal(T * K, K);
      if (K > 40) x.fill(0, 32, 64);
      const nBlocks = Math.ceil(K / 32);
      for (const [kernel, zero] of [
        ["quantize", 0],
        ["quantize", 8],
        ["quantize", 128],
        ["quantize_i16", 0],
      ] as const) {
        const width = binary === "relaxed" && kernel === "quantize" ? 1 : 2;
        const input = harness.put(x);
        const xq = harness.bytes(T * nBlocks * 32 * width);
        const xs = harness.bytes(T * nBlocks * 8);
        harness.kernels[kernel](xq, xs, input, K, zero, 3, T);
        harness.kernels[kernel](xq, xs, input, K, zero, 0, 3);
        const bytes = harness.getBytes(xq, T * nBlocks * 32 * width).buffer;
        const q = width === 1 ? new Int8Array(bytes) : new Int16Array(bytes);
        const scales = harness.get(xs, T * nBlocks * 2);
        const starts = new Int32Array(scales.buffer);
        for (let t = 0; t < T; t++) {
          blocks(x.subarray(t * K, (t + 1) * K)).forEach((block, b) => {
            const i = t * nBlocks + b;
            const expected = activations(block, STEPS[width]);
            expect([...q.subarray(i * 32, (i + 1) * 32)]).toEqual(expected.q);
            expect(scales[2 * i]).toBe(expected.scale);
            expect(starts[2 * i + 1]).toBe(START[width] - zero * expected.q.reduce((a, v) => a + v, 0));
          });
        }
      }
      expect(harness.intact).toBe(true);
    },
  );

  test("NaN makes its block NaN; what is too small to divide by is 0", async () => {
    const harness = await Harness.of(binary);
    const x = normal(96, 1);
    x[5] = Number.NaN;
    x.fill(1e-37, 32, 64);
    const xq = harness.bytes(96 * 2);
    const xs = harness.bytes(3 * 8);
    harness.kernels.quantize(xq, xs, harness.put(x), 96, 8, 0, 1);
    const scales = harness.get(xs, 6);
    expect(scales[0]).toBeNaN();
    expect(new Int32Array(scales.buffer)[3]).toBe(START[binary === "relaxed" ? 1 : 2]);
    expect(scales[4]).toBe(activations(x.subarray(64), STEPS[binary === "relaxed" ? 1 : 2]).scale);
  });
});
