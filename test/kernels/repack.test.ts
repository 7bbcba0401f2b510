import { describe, expect, test } from "vitest";
import { readSafetensors } from "../helpers/checkpoints";
import { goldenFile, rawTensorOf, tensorOf } from "../helpers/golden";
import { fromHalfBits } from "../reference/half";
import { type Format, formats, unpacked } from "./formats";
import { binaries, Harness } from "./harness";

const KERNELS = { q8_0: "repack_q8_0", q8_0_i16: "repack_q8_0_i16", q4_0: "repack_q4_0" } as const;
type Name = keyof typeof KERNELS;
const NAMES = Object.keys(KERNELS) as Name[];
const FINITE = 0x7bff;

/** Bytes of a block in a file: an f16 scale and 32 int8, or 32 nibbles. */
const fileBytes = (name: Name) => (name === "q4_0" ? 18 : 34);

/** Rows of blocks with a finite scale above 0 and every q that has one, drawn by a generator. */
function rowsOf(name: Name, N: number, K: number): Uint8Array {
  let state = N * 1000 + K;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  const size = fileBytes(name);
  const bytes = Uint8Array.from({ length: N * (K / 32) * size }, () => next() & 255);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += size) {
    view.setUint16(at, (1 + (next() % FINITE)) | (name === "q4_0" && next() & 1 ? 0x8000 : 0), true);
    if (name !== "q4_0") for (let k = 2; k < size; k++) if (bytes[at + k] === 128) bytes[at + k] = 127;
  }
  return bytes;
}

/** What a file's blocks say, by ggml's drawing of them (ggml/src/ggml-common.h, block_q8_0 and block_q4_0). */
function blocksOf(name: Name, bytes: Uint8Array) {
  const size = fileBytes(name);
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const block = bytes.subarray(i * size, (i + 1) * size);
    const quants = block.subarray(2);
    const q = (k: number) =>
      name === "q4_0"
        ? (((quants[k & 15] as number) >> (k & 16 ? 4 : 0)) & 15) - 8
        : ((quants[k] as number) << 24) >> 24;
    const scale = fromHalfBits((block[0] as number) | ((block[1] as number) << 8));
    return { scale, q: Array.from({ length: 32 }, (_, k) => q(k)) };
  });
}

function repacked(harness: Harness, name: Name, bytes: Uint8Array, N: number, K: number, zero: number, cut = N) {
  const format: Format = formats[name];
  const size = Math.ceil(N / 8) * (K / 32) * format.blockBytes;
  const dst = harness.bytes(size);
  const rowBytes = bytes.length / N;
  const pieces = cut < N ? [[0, cut] as const, [cut, N] as const] : [[0, N] as const];
  const taken = pieces.map(([n0, n1]) =>
    harness.kernels[KERNELS[name]](dst, harness.put(bytes.slice(n0 * rowBytes, n1 * rowBytes)), K, n0, n1, zero),
  );
  return { dst, size, taken };
}

describe.each(binaries)("%s", (binary) => {
  describe.each(NAMES)("%s", (name) => {
    const format: Format = formats[name];

    test.each([
      [1, 32],
      [7, 64],
      [8, 96],
      [9, 768],
      [151, 64],
    ])("[%i, %i] blocks keep every scale and q, whole or in pieces", async (N, K) => {
      const harness = await Harness.of(binary);
      const bytes = rowsOf(name, N, K);
      for (const zero of format.zeros(binary)) {
        const { dst, size, taken } = repacked(harness, name, bytes, N, K, zero);
        expect(taken).toEqual([1]);
        const rows = Math.ceil(N / 8) * 8;
        const all = unpacked(harness, format, dst, binary, rows, K, zero);
        expect(all.slice(0, N).flat()).toEqual(blocksOf(name, bytes));
        const none = { scale: 0, q: new Array(32).fill(0) };
        expect(all.slice(N).flat()).toEqual(new Array((rows - N) * (K / 32)).fill(none));
        const pieces = repacked(harness, name, bytes, N, K, zero, 8);
        expect(harness.getBytes(pieces.dst, size)).toEqual(harness.getBytes(dst, size));
      }
      expect(harness.intact).toBe(true);
    });

    test("says no to a block that a panel does not hold, wherever it is", async () => {
      const harness = await Harness.of(binary);
      const [N, K] = [9, 64];
      const size = fileBytes(name);
      const scales = [0x7c00, 0xfc00, 0x7e01, ...(name === "q4_0" ? [] : [0x8001, 0xbc00])];
      for (let block = 0; block < N * 2; block++) {
        for (const scale of scales) {
          const bytes = rowsOf(name, N, K);
          new DataView(bytes.buffer).setUint16(block * size, scale, true);
          expect(repacked(harness, name, bytes, N, K, 0).taken).toEqual([0]);
        }
        const bytes = rowsOf(name, N, K);
        bytes[block * size + 2 + (block % 16)] = 128;
        expect(repacked(harness, name, bytes, N, K, 0).taken).toEqual([name === "q4_0" ? 1 : 0]);
        harness.reset();
      }
    });

    test("gguf-py's blocks give its numbers", async () => {
      const harness = await Harness.of(binary);
      const file = await goldenFile("quants.safetensors");
      const { header } = readSafetensors(file);
      const ggml = name.replace("_i16", "");
      const groups = Object.keys(header).flatMap((key) => /^(.*)\.input$/.exec(key)?.[1] ?? []);
      for (const group of groups.filter((each) => each !== "overflow")) {
        const [N, K] = header[`${group}.input`].shape as [number, number];
        const { dst, taken } = repacked(harness, name, rawTensorOf(file, `${group}.${ggml}.bytes`), N, K, 0);
        expect(taken).toEqual([1]);
        const out = harness.room(N * K);
        harness.kernels[format.rows](out, harness.put(Int32Array.from({ length: N }, (_, n) => n)), dst, K, 0, 0, N);
        expect([...harness.get(out, N * K)].map((v) => v + 0)).toEqual(
          [...tensorOf(file, `${group}.${ggml}.unpacked`)].map((v) => v + 0),
        );
      }
      expect(harness.intact).toBe(true);
    });
  });
});
