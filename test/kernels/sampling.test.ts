import { describe, expect, test } from "vitest";
import { BLOCK } from "../../worker/sampling/kernels";
import { createPlainKernels } from "../reference/sampling-kernels";
import { binaries, eps, Harness, normal, sizes } from "./harness";

describe.each(binaries)("%s", (binary) => {
  test.each([...sizes, 129, 50257])("n %i: maxima are exact, weights within their bound", async (n) => {
    const harness = await Harness.of(binary);
    const x = normal(n, n, 4);
    if (n > 40) x[33] = -Infinity;
    const plain = createPlainKernels(n);
    const blocks = Math.ceil(n / BLOCK);
    const [pointer, out, sums] = [harness.put(x), harness.room(blocks), harness.room(blocks)];

    harness.kernels.block_max(out, pointer, n);
    expect([...harness.get(out, blocks)]).toEqual([...plain.blockMax(x)]);

    const max = x.reduce((most, score) => Math.max(most, score), -Infinity);
    for (const scale of [1, 0.1, 3, 1e-30, 1e30]) {
      const steepest = Math.min(88, 40 * scale);
      harness.kernels.block_moments(sums, out, pointer, n, max, scale);
      const { moments } = plain.blockMoments(x, max, scale);
      harness.get(out, blocks).forEach((sum, b) => {
        const bound = (2 * steepest + 26) * eps * Math.abs(moments[b] as number) + 64 * 88 * Math.exp(-87);
        expect(Math.abs(sum - (moments[b] as number)), `scale ${scale}, block ${b}`).toBeLessThanOrEqual(bound);
      });
      harness.kernels.block_sum_exp(out, pointer, n, max, scale);
      expect(harness.get(sums, blocks)).toEqual(harness.get(out, blocks));
      const expected = plain.blockSumExp(x, max, scale);
      harness.get(out, blocks).forEach((sum, b) => {
        const bound = (2 * steepest + 24) * eps * (expected[b] as number) + 64 * Math.exp(-87);
        expect(Math.abs(sum - (expected[b] as number)), `scale ${scale}, block ${b}`).toBeLessThanOrEqual(bound);
      });
    }
    expect(harness.intact).toBe(true);
  });

  test("a NaN shows in its block, wherever it is", async () => {
    const harness = await Harness.of(binary);
    const [x, out, sums] = [harness.put(new Float32Array(70)), harness.room(2), harness.room(2)];
    for (let at = 0; at < 70; at++) {
      harness.set(
        x,
        Float32Array.from({ length: 70 }, (_, i) => (i === at ? NaN : 0)),
      );
      harness.kernels.block_max(out, x, 70);
      expect([...harness.get(out, 2)], `NaN at ${at}`).toEqual(at < 64 ? [NaN, 0] : [0, NaN]);
      harness.kernels.block_sum_exp(out, x, 70, 0, 1);
      expect([...harness.get(out, 2)], `NaN at ${at}`).toEqual(at < 64 ? [NaN, 6] : [64, NaN]);
      harness.kernels.block_moments(sums, out, x, 70, 0, 1);
      expect([...harness.get(sums, 2)], `NaN at ${at}`).toEqual(at < 64 ? [NaN, 6] : [64, NaN]);
      expect([...harness.get(out, 2)], `NaN at ${at}`).toEqual(at < 64 ? [NaN, 0] : [0, NaN]);
    }
  });
});
