import { fromHalfBits } from "../reference/half";
import { type ACTIVATIONS, type Block, q4_0, q8_0 } from "../reference/quants";
import type { Binary, Harness } from "./harness";

type Names = {
  pack: "pack_q8_0" | "pack_q8_0_i16" | "pack_q4_0";
  rows: "rows_q8_0" | "rows_q8_0_i16" | "rows_q4_0";
  matmul: "matmul_q8_0" | "matmul_q8_0_fine" | "matmul_q8_0_i16" | "matmul_q4_0" | "matmul_q4_0_i16";
  quantize: "quantize" | "quantize_fine" | "quantize_i16";
};

/** An integer format, for tests: its kernels, its reference, and its packed bytes read as the kernel's comment draws them. */
export interface Format extends Names {
  blockBytes: number;
  reference: (x: ArrayLike<number>) => Block;
  /** What its products take. */
  activations: (binary: Binary) => keyof typeof ACTIVATIONS;
  /** The zeros that it may be packed with. */
  zeros: (binary: Binary) => number[];
  /** q of output n (0..7) and input k (0..31) in the bytes of a block. */
  q: (block: Uint8Array, pairs: boolean, n: number, k: number, zero: number) => number;
  /** The value of 16 bits of scale. */
  scale: (bits: number) => number;
}

const own = (binary: Binary) => (binary === "relaxed" ? "int8" : "i16");

/** Output n's byte for input k, with sign or without: in quads [8 outputs][4 k], or for i16 in pairs [4 outputs][2 k] of w[n] + 256 w[n+4]. */
function byteOf(block: Uint8Array, pairs: boolean, n: number, k: number, signed: boolean): number {
  const low = (v: number) => (signed ? (v << 24) >> 24 : v & 255);
  if (!pairs) return low(block[(k >> 2) * 32 + n * 4 + (k & 3)] as number);
  const pair = (k >> 1) * 16 + (n & 3) * 4 + (k & 1) * 2;
  const both = (block[pair] as number) | ((block[pair + 1] as number) << 8);
  const v = signed ? (both << 16) >> 16 : both;
  return n < 4 ? low(v) : (v - low(v)) / 256;
}

const q8: Pick<Format, "blockBytes" | "reference" | "q" | "scale"> = {
  blockBytes: 272,
  reference: q8_0,
  q: (block, pairs, n, k, zero) => ((byteOf(block, pairs, n, k, true) ^ zero) << 24) >> 24,
  scale: (bits) => (bits ? 2 ** ((bits >> 10) + 96 - 127) * (1 + (bits & 0x3ff) / 1024) : 0),
};

const q4: Format = {
  blockBytes: 144,
  reference: q4_0,
  pack: "pack_q4_0",
  rows: "rows_q4_0",
  matmul: "matmul_q4_0",
  quantize: "quantize",
  activations: own,
  zeros: () => [0],
  q: (block, pairs, n, k) => ((byteOf(block, pairs, n, k & 15, false) >> (k & 16 ? 4 : 0)) & 15) - 8,
  scale: fromHalfBits,
};

export const formats: Record<"q8_0" | "q8_0_fine" | "q8_0_i16" | "q4_0" | "q4_0_i16", Format> = {
  q8_0: {
    ...q8,
    pack: "pack_q8_0",
    rows: "rows_q8_0",
    matmul: "matmul_q8_0",
    quantize: "quantize",
    activations: own,
    zeros: (binary) => (binary === "relaxed" ? [0, 128] : [0]),
  },
  q8_0_fine: {
    ...q8,
    pack: "pack_q8_0",
    rows: "rows_q8_0",
    matmul: "matmul_q8_0_fine",
    quantize: "quantize_fine",
    activations: (binary) => (binary === "relaxed" ? "fine" : "i16"),
    zeros: (binary) => (binary === "relaxed" ? [0, 128] : [0]),
  },
  q8_0_i16: {
    ...q8,
    pack: "pack_q8_0_i16",
    rows: "rows_q8_0_i16",
    matmul: "matmul_q8_0_i16",
    quantize: "quantize_i16",
    activations: () => "i16",
    zeros: () => [0],
  },
  q4_0: q4,
  q4_0_i16: { ...q4, matmul: "matmul_q4_0_i16" },
};

/** W [N, K] packed, from [out, in] or, as Conv1D files hold it, from [in, out]; in one piece, or cut at output n and input k. */
export function packed(
  harness: Harness,
  format: Format,
  w: Float32Array,
  N: number,
  K: number,
  zero: number,
  { conv1d = false, n = N, k = K } = {},
): number {
  const dst = harness.bytes(Math.ceil(N / 8) * Math.ceil(K / 32) * format.blockBytes);
  for (const [n0, n1] of n < N
    ? ([
        [0, n],
        [n, N],
      ] as const)
    : ([[0, N]] as const)) {
    for (const [k0, k1] of k < K
      ? ([
          [0, k],
          [k, K],
        ] as const)
      : ([[0, K]] as const)) {
      const piece = new Float32Array((n1 - n0) * (k1 - k0));
      const strides = conv1d ? [1, n1 - n0] : [k1 - k0, 1];
      for (let i = n0; i < n1; i++)
        for (let j = k0; j < k1; j++)
          piece[(i - n0) * (strides[0] as number) + (j - k0) * (strides[1] as number)] = w[i * K + j] as number;
      const [rowStride, colStride] = strides.map((s) => s * 4) as [number, number];
      harness.kernels[format.pack](dst, harness.put(piece), rowStride, colStride, N, K, n0, n1, k0, k1, zero);
    }
  }
  return dst;
}

/** What the packed bytes hold, read by the drawing: [N][K/32] blocks. */
export function unpacked(
  harness: Harness,
  format: Format,
  pointer: number,
  binary: Binary,
  N: number,
  K: number,
  zero: number,
): Block[][] {
  const nBlocks = Math.ceil(K / 32);
  return Array.from({ length: N }, (_, n) =>
    Array.from({ length: nBlocks }, (_, b) => {
      const at = pointer + ((n >> 3) * nBlocks + b) * format.blockBytes;
      const block = harness.getBytes(at, format.blockBytes);
      const pairs = format.activations(binary) === "i16";
      const q = Array.from({ length: 32 }, (_, k) => format.q(block, pairs, n & 7, k, zero));
      const scales = new Uint16Array(block.slice(format.blockBytes - 16).buffer);
      return { scale: format.scale(scales[n & 7] as number), q };
    }),
  );
}
