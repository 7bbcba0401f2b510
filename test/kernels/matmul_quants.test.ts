import { describe, expect, test } from "vitest";
import { matmul } from "../reference/matmul";
import { ACTIVATIONS, activations, type Block, blocks, highByte, lowByte } from "../reference/quants";
import { type Format, formats, packed } from "./formats";
import { type Binary, binaries, eps, Harness, normal } from "./harness";

const sizes = [1, 5, 26, 31, 32, 33, 37, 64, 65, 768];
const shapes = [
  ...sizes.map((K) => [5, 37, K]),
  ...[1, 7, 8, 9, 151, 1003].map((N) => [7, N, 37]),
  ...Array.from({ length: 9 }, (_, i) => [i + 1, 151, 65]),
  [1, 1003, 768],
  [9, 1003, 768], // groups of panels, and a ragged one
  ...[16, 19, 51].map((T) => [T, 151, 96]),
  [101, 24, 96],
] as [number, number, number][];

/** What the weights are stored with here: by the plain binary, or for the way in which the relaxed dot reads them. */
function zeroOf(harness: Harness, format: Format, binary: Binary): number {
  if (format.pack === "pack_q4_0") return 8;
  if (format.activations(binary) === "i16") return 0;
  const ones = harness.put(new Int8Array(64).fill(1).fill(-1, 16));
  harness.kernels.probe_dot(ones);
  return new Int32Array(harness.getBytes(ones + 32, 4).buffer)[0] === -4 ? 0 : 128;
}

/** Whether the relaxed dot has no pair of products that saturates. */
function exact(harness: Harness, zero: number): boolean {
  const largest = harness.put(new Int8Array(64).fill(127).fill(zero === 128 ? -1 : 127, 16));
  harness.kernels.probe_dot(largest);
  const sum = new Int32Array(harness.getBytes(largest + 32, 4).buffer)[0];
  return sum === 4 * 127 * (zero === 128 ? 255 : 127);
}

const HALVED: Record<keyof typeof ACTIVATIONS, (q: number) => number> = {
  int8: (q) => q >> 1,
  i16: (q) => q,
  fine: (q) => 256 * (highByte(q) >> 1) + (lowByte(q) >> 1),
};

/**
 * Rows [T, K] as blocks of integers. Against int8 weights the relaxed dot gets bytes of ±64 at most, so that no pair of products leaves 16
 * bits: x86 before AVX-VNNI saturates there (probe_dot.ts), and would run q8_0_i16.
 */
function integers(x: Float32Array, T: number, K: number, format: Format, binary: Binary): Block[][] {
  const kind = format.activations(binary);
  const halved = format.blockBytes === 272 ? HALVED[kind] : (q: number) => q;
  return Array.from({ length: T }, (_, t) =>
    blocks(x.subarray(t * K, (t + 1) * K)).map((block) => {
      const { scale, q } = activations(block, ACTIVATIONS[kind].steps);
      return { scale, q: q.map(halved) };
    }),
  );
}

/** As `quantize` leaves them: the integers, then { scale, start } a block. */
function put(harness: Harness, kind: keyof typeof ACTIVATIONS, x: Block[], zero: number): [xq: number, xs: number] {
  const { start, put } = ACTIVATIONS[kind];
  const bytes = x.flatMap(({ q }) => [...new Uint8Array(put(q).buffer)]);
  const scales = new Float32Array(x.length * 2);
  const starts = new Int32Array(scales.buffer);
  x.forEach((block, i) => {
    scales[2 * i] = block.scale;
    starts[2 * i + 1] = start - zero * block.q.reduce((a, v) => a + v, 0);
  });
  return [harness.put(Uint8Array.from(bytes)), harness.put(scales)];
}

/** The values that blocks stand for: [rows, K]. */
function values(rows: Block[][], K: number): number[] {
  return rows.flatMap((row) => row.flatMap(({ scale, q }) => q.map((v) => scale * v)).slice(0, K));
}

describe.each(binaries)("%s", (binary) => {
  describe.each(Object.entries(formats))("%s", (_, format) => {
    test.each(shapes)(
      "x [%i, K] times W [%i, %i] is the sum in f64, for any range and row count the same bits",
      async (T, N, K) => {
        const harness = await Harness.of(binary);
        const zero = zeroOf(harness, format, binary);
        const [w, bias] = [normal(N * K, 2, 0.1), normal(N, 3)];
        const x = integers(normal(T * K, 1), T, K, format, binary);
        const pack = packed(harness, format, w, N, K, format.zeros(binary).includes(zero) ? zero : 0);
        const shift = harness.put(bias);
        const panels = Math.ceil(N / 8);
        const product = (rows: Block[][], cuts: number[] = [], withBias = shift) => {
          const out = harness.room(rows.length * N);
          const [xq, xs] = put(harness, format.activations(binary), rows.flat(), zero);
          const edges = [0, ...cuts, panels];
          for (let i = 1; i < edges.length; i++) {
            const [begin, end] = edges.slice(i - 1) as [number, number];
            harness.kernels[format.matmul](out, xq, xs, pack, withBias, rows.length, N, K, begin, end);
          }
          return harness.get(out, rows.length * N);
        };

        const out = product(x);
        const weights = Array.from({ length: N }, (_, n) =>
          blocks(w.subarray(n * K, (n + 1) * K)).map(format.reference),
        );
        const expected = matmul(values(x, K), values(weights, K), bias, T, N, K);
        out.forEach((value, i) => {
          // a block: its scales' product, its term and its sum are rounded; then the bias
          const bound = (Math.ceil(K / 32) + 3) * eps * (expected.magnitude[i] as number);
          expect(Math.abs(value - (expected.out[i] as number))).toBeLessThanOrEqual(bound);
        });

        expect(product(x, [panels >> 2, panels >> 2, (3 * panels) >> 2])).toEqual(out);
        x.forEach((row, t) => {
          expect(product([row], [panels >> 1])).toEqual(out.subarray(t * N, (t + 1) * N));
        });
        const first = x.slice(0, (T + 1) >> 1);
        expect(product(first)).toEqual(out.subarray(0, first.length * N));
        expect(product(x, [], 0)).toEqual(product(x, [], harness.put(new Float32Array(N))));
        expect(harness.intact).toBe(true);
      },
    );

    // Of q4_0 the first has scale 1/7 and 31 nibbles of 15; the others give every product the same sign, where the i16
    // product comes to 32 * 127 * 2047 * 257 of its 2^31.
    test.each([
      [-8 / 7, 1],
      [1, 1],
      [-1, -1],
    ])("the largest sums of a block are exact: %f, then 31 of %f", async (first, others) => {
      const [T, N, K] = [5, 8, 64];
      const harness = await Harness.of(binary);
      const zero = zeroOf(harness, format, binary);
      const w = new Float32Array(N * K).fill(others);
      for (let i = 0; i < N * K; i += 32) w[i] = first;
      const x = integers(new Float32Array(T * K).fill(1), T, K, format, binary);
      const pack = packed(harness, format, w, N, K, format.zeros(binary).includes(zero) ? zero : 0);
      const out = harness.room(T * N);
      const [xq, xs] = put(harness, format.activations(binary), x.flat(), zero);
      harness.kernels[format.matmul](out, xq, xs, pack, 0, T, N, K, 0, 1);
      const { scale, q } = format.reference(w.subarray(0, 32));
      const block = x[0]?.[0] as Block;
      const sum = block.q.reduce((total, v, i) => total + v * (q[i] as number), 0);
      const term = Math.fround(sum * Math.fround(block.scale * scale));
      for (const value of harness.get(out, T * N))
        expect(Math.abs(value - 2 * term)).toBeLessThanOrEqual(4 * eps * Math.abs(term));
    });

    test.each([
      [5, 37, 65],
      [3, 151, 768],
    ])("x [%i, K] times W [%i, %i], both rounded, is within what their rounding may change", async (T, N, K) => {
      const harness = await Harness.of(binary);
      const zero = zeroOf(harness, format, binary);
      if (/^matmul_q8_0(_fine)?$/.test(format.matmul) && binary === "relaxed" && !exact(harness, zero)) return; // it would run q8_0_i16
      const [w, x] = [normal(N * K, 2, 0.1), normal(T * K, 1)];
      const pack = packed(harness, format, w, N, K, format.zeros(binary).includes(zero) ? zero : 0);
      const blocksOf = Math.ceil(K / 32);
      const [xq, xs] = [harness.bytes(T * blocksOf * 64), harness.bytes(T * blocksOf * 8)];
      harness.kernels[format.quantize](xq, xs, harness.put(x), K, zero, 0, T);
      const out = harness.room(T * N);
      harness.kernels[format.matmul](out, xq, xs, pack, 0, T, N, K, 0, Math.ceil(N / 8));

      // A weight is off by half a step, or by a whole one where q4_0 stops at 15, and by its scale's rounding to f16: 2^-11 of 127 or 8
      // steps. An activation is off by half a step and the rounding of its inverse.
      const perStep = format.blockBytes === 272 ? 0.5 + 127 * 2 ** -11 : 1 + 8 * 2 ** -11;
      const stepsOf = (values: Float32Array, unit: (block: Block) => number, of: (x: number[]) => Block) =>
        Array.from({ length: values.length / K }, (_, row) =>
          blocks(values.subarray(row * K, (row + 1) * K))
            .flatMap((block) => new Array<number>(32).fill(unit(of(block))))
            .slice(0, K),
        ).flat();
      const dw = stepsOf(w, ({ scale }) => perStep * Math.abs(scale) * (1 + 2 ** -10), format.reference);
      const { steps } = ACTIVATIONS[format.activations(binary)];
      const dx = stepsOf(
        x,
        ({ scale }) => (0.5 + steps * 2 ** -22) * scale,
        (block) => activations(block, steps),
      );
      const expected = matmul(x, w, null, T, N, K);
      const roundedW = matmul(x.map(Math.abs), dw, null, T, N, K).out;
      const far = w.map((v, i) => Math.abs(v) + (dw[i] as number));
      const roundedX = matmul(dx, far, null, T, N, K).out;
      const got = harness.get(out, T * N);
      let squares = 0;
      got.forEach((value, i) => {
        const [change, more] = [roundedW[i] as number, roundedX[i] as number];
        const arithmetic = (blocksOf + 3) * eps * ((expected.magnitude[i] as number) + change + more);
        const error = Math.abs(value - (expected.out[i] as number));
        squares += error ** 2;
        expect(error).toBeLessThanOrEqual(change + more + arithmetic);
      });
      // and on random data the errors cancel: the study's 5.7e-3 and 6.4e-2, with room for other draws
      const relative = Math.sqrt(squares / expected.out.reduce((sum, v) => sum + v * v, 0));
      expect(relative).toBeLessThan(format.blockBytes === 272 ? 0.01 : 0.11);
    });
  });
});
