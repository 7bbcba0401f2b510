import { describe, expect, test } from "vitest";
import { readSafetensors } from "../helpers/checkpoints";
import { goldenFile, tensorOf } from "../helpers/golden";
import { fromHalfBits } from "../reference/half";
import { blocks } from "../reference/quants";
import { formats, packed, unpacked } from "./formats";
import { binaries, Harness, normal } from "./harness";

const f32 = Math.fround;
const sizes = [1, 5, 26, 31, 32, 33, 37, 64, 65, 768];
const shapes = [...sizes.map((K) => [9, K]), ...[1, 7, 8, 9, 151, 1003].map((N) => [N, 65])] as [number, number][];

describe.each(binaries)("%s", (binary) => {
  describe.each(Object.entries(formats))("%s", (_, format) => {
    test.each(shapes)("packs [%i, %i] as ggml does, from either layout, whole or in pieces", async (N, K) => {
      const harness = await Harness.of(binary);
      const w = normal(N * K, K, 0.1);
      for (const zero of format.zeros(binary)) {
        const whole = packed(harness, format, w, N, K, zero);
        const rows = Math.ceil(N / 8) * 8;
        const expected = Array.from({ length: rows }, (_, n) =>
          blocks(w.subarray(n * K, (n + 1) * K)).map(format.reference),
        );
        const none = format.reference(new Array(32).fill(0));
        for (let n = N; n < rows; n++) expected[n] = new Array(Math.ceil(K / 32)).fill(none);
        expect(unpacked(harness, format, whole, binary, rows, K, zero)).toEqual(expected);

        const size = (rows / 8) * Math.ceil(K / 32) * format.blockBytes;
        for (const conv1d of [false, true]) {
          const pieces = packed(harness, format, w, N, K, zero, { conv1d, n: 8, k: 32 });
          expect(harness.getBytes(pieces, size)).toEqual(harness.getBytes(whole, size));
        }
      }
      expect(harness.intact).toBe(true);
    });

    test.each(shapes)("gives rows of [%i, %i] back as scale times q", async (N, K) => {
      const harness = await Harness.of(binary);
      const w = normal(N * K, K, 0.1);
      const ids = Int32Array.of(N - 1, 0, N >> 1, N - 1);
      for (const zero of format.zeros(binary)) {
        const out = harness.room(ids.length * K);
        const pack = packed(harness, format, w, N, K, zero);
        harness.kernels[format.rows](out, harness.put(ids), pack, K, zero, 0, 2);
        harness.kernels[format.rows](out, harness.put(ids), pack, K, zero, 2, ids.length);
        const expected = Array.from(ids, (id) =>
          blocks(w.subarray(id * K, (id + 1) * K))
            .map(format.reference)
            .flatMap(({ scale, q }) => q.map((v) => f32(scale * v)))
            .slice(0, K),
        );
        expect([...harness.get(out, ids.length * K)]).toEqual(expected.flat());
      }
      expect(harness.intact).toBe(true);
    });
  });

  test("the blocks of gguf-py, bit for bit, and unpacked", async () => {
    const file = await goldenFile("quants.safetensors");
    const { header, dataStart } = readSafetensors(file);
    const groups = Object.keys(header)
      .filter((name) => name.endsWith(".input"))
      .map((name) => name.slice(0, -".input".length));
    expect(groups.length).toBeGreaterThan(10);
    for (const [name, format] of Object.entries(formats)) {
      const harness = await Harness.of(binary);
      const ggml = name.replace(/_(i16|fine)$/, "");
      for (const group of groups) {
        if (group === "overflow") continue; // scales past f16's range: refused by the loader (max_abs)
        const input = tensorOf(file, `${group}.input`);
        const [N, K] = header[`${group}.input`].shape as [number, number];
        const [from, to] = header[`${group}.${ggml}.bytes`].data_offsets as [number, number];
        const golden = new Uint8Array(file.slice(dataStart + from, dataStart + to));
        const pack = packed(harness, format, input, N, K, 0);
        const rows = unpacked(harness, format, pack, binary, N, K, 0);
        const ours = rows.flat();
        const bytes = golden.length / ours.length;
        ours.forEach(({ scale, q }, i) => {
          const block = golden.subarray(i * bytes, (i + 1) * bytes);
          expect(scale + 0).toBe(fromHalfBits((block[0] as number) | ((block[1] as number) << 8)) + 0); // ±0 alike
          const theirs = Array.from({ length: 32 }, (_, k) =>
            ggml === "q8_0"
              ? ((block[2 + k] as number) << 24) >> 24
              : (((block[2 + (k & 15)] as number) >> (k & 16 ? 4 : 0)) & 15) - 8,
          );
          expect(q).toEqual(scale || ggml === "q4_0" ? theirs : new Array(32).fill(0));
        });
        const out = harness.room(N * K);
        harness.kernels[format.rows](out, harness.put(Int32Array.from({ length: N }, (_, n) => n)), pack, K, 0, 0, N);
        expect([...harness.get(out, N * K)].map((v) => v + 0)).toEqual(
          [...tensorOf(file, `${group}.${ggml}.unpacked`)].map((v) => v + 0),
        );
      }
    }
  });
});
