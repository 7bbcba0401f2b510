import { describe, expect, test } from "vitest";
import { widen } from "../helpers/collect";
import { goldenFile, rawTensorOf, tensorOf } from "../helpers/golden";
import { fromHalfBits } from "../reference/half";
import { binaries, Harness } from "./harness";

const GROUPS = ["normal", "halves", "large", "rounding", "sparse", "ties", "tiny", "wide", "zeros", "one-signed"];

describe.each(binaries)("%s", (binary) => {
  test.each(GROUPS)("gguf-py's blocks of %s widen to its numbers, bit for bit", async (group) => {
    const harness = await Harness.of(binary);
    const file = await goldenFile("quants.safetensors");
    for (const format of ["q8_0", "q4_0"] as const) {
      const expected = tensorOf(file, `${group}.${format}.unpacked`);
      const out = harness.room(expected.length);
      const packed = harness.put(rawTensorOf(file, `${group}.${format}.bytes`));
      harness.kernels[`widen_${format}`](out, packed, expected.length);
      expect(harness.get(out, expected.length)).toEqual(expected);
      expect(widen(format.toUpperCase(), rawTensorOf(file, `${group}.${format}.bytes`))).toEqual(expected);
      expect(harness.intact).toBe(true);
    }
  });

  test("each of the 65,536 halves widens to its value: subnormals, infinities, NaNs with their payload", async () => {
    const harness = await Harness.of(binary);
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const out = harness.room(65536);
    harness.kernels.widen_f16(out, harness.put(bits), 65536);
    const values = harness.get(out, 65536);
    const wide = new Uint32Array(values.buffer);
    bits.forEach((half, i) => {
      const sameBits = Number.isNaN(fromHalfBits(half))
        ? wide[i] === (((half & 0x8000) << 16) | 0x7f800000 | ((half & 0x3ff) << 13)) >>> 0
        : Object.is(values[i], fromHalfBits(half));
      if (!sameBits) throw new Error(`half ${half.toString(16)} became ${values[i]}`);
    });
    expect(harness.intact).toBe(true);
  });

  test.each([1, 3, 4, 7, 64])("%i halves of every kind, f16 and bf16", async (n) => {
    const harness = await Harness.of(binary);
    const bits = Uint16Array.from({ length: n }, (_, i) => (i * 40503) & 0xffff);
    for (const format of ["f16", "bf16"] as const) {
      const out = harness.room(n);
      harness.kernels[`widen_${format}`](out, harness.put(bits), n);
      expect(harness.get(out, n)).toEqual(widen(format.toUpperCase(), new Uint8Array(bits.buffer)));
      expect(harness.intact).toBe(true);
    }
  });
});
