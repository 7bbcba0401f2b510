import { describe, expect, test } from "vitest";
import { ACTIVATIONS, activations, blocks } from "../reference/quants";
import { binaries, Harness, normal } from "./harness";

const KINDS = {
  simd: { quantize: "i16", quantize_fine: "i16", quantize_i16: "i16" },
  relaxed: { quantize: "int8", quantize_fine: "fine", quantize_i16: "i16" },
} as const;

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
        ["quantize_fine", 0],
        ["quantize_fine", 128],
        ["quantize_i16", 0],
      ] as const) {
        const { steps, start, put } = ACTIVATIONS[KINDS[binary][kernel]];
        const blockBytes = put(new Array<number>(32).fill(0)).byteLength;
        const input = harness.put(x);
        const xq = harness.bytes(T * nBlocks * blockBytes);
        const xs = harness.bytes(T * nBlocks * 8);
        harness.kernels[kernel](xq, xs, input, K, zero, 3, T);
        harness.kernels[kernel](xq, xs, input, K, zero, 0, 3);
        const bytes = harness.getBytes(xq, T * nBlocks * blockBytes);
        const scales = harness.get(xs, T * nBlocks * 2);
        const starts = new Int32Array(scales.buffer);
        for (let t = 0; t < T; t++) {
          blocks(x.subarray(t * K, (t + 1) * K)).forEach((block, b) => {
            const i = t * nBlocks + b;
            const expected = activations(block, steps);
            expect(bytes.subarray(i * blockBytes, (i + 1) * blockBytes)).toEqual(
              new Uint8Array(put(expected.q).buffer),
            );
            expect(scales[2 * i]).toBe(expected.scale);
            expect(starts[2 * i + 1]).toBe(start - zero * expected.q.reduce((a, v) => a + v, 0));
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
    expect(new Int32Array(scales.buffer)[3]).toBe(ACTIVATIONS[KINDS[binary].quantize].start);
    expect(scales[4]).toBe(activations(x.subarray(64), ACTIVATIONS[KINDS[binary].quantize].steps).scale);
  });
});
