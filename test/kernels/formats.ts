import { fromHalfBits } from "../reference/half";
import { type Block, q8_0 } from "../reference/quants";
import type { Binary, Harness, Kernels } from "./harness";

type Pack = Kernels["pack_f32"];
type Rows = Kernels["rows_q8_0"];
type Matmul = Kernels["matmul_q8_0"];

/** An integer format, for tests: its kernels, its reference, and its packed bytes read as the kernel's comment draws them. */
export interface Format {
  blockBytes: number;
  reference: (x: ArrayLike<number>) => Block;
  pack: (kernels: Kernels) => Pack;
  rows: (kernels: Kernels) => Rows;
  matmul: (kernels: Kernels) => Matmul;
  /** q of output n (0..7) and input k (0..31) in the bytes of a block. */
  q: (block: Uint8Array, binary: Binary, n: number, k: number, zero: number) => number;
}

export const formats: Record<"q8_0", Format> = {
  q8_0: {
    blockBytes: 272,
    reference: q8_0,
    pack: (kernels) => kernels.pack_q8_0,
    rows: (kernels) => kernels.rows_q8_0,
    matmul: (kernels) => kernels.matmul_q8_0,
    q(block, binary, n, k, zero) {
      const byte = binary === "relaxed" ? (k >> 2) * 32 + n * 4 + (k & 3) : (k >> 1) * 16 + n * 2 + (k & 1);
      return (((block[byte] as number) ^ zero) << 24) >> 24;
    },
  },
};

/** The scale of output n (0..7): the last 16 bytes of a block are f16. */
export function scaleBits(block: Uint8Array, n: number): number {
  return new Uint16Array(block.slice(block.length - 16).buffer)[n] as number;
}

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
      format.pack(harness.kernels)(dst, harness.put(piece), rowStride, colStride, N, K, n0, n1, k0, k1, zero);
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
      const q = Array.from({ length: 32 }, (_, k) => format.q(block, binary, n & 7, k, zero));
      return { scale: fromHalfBits(scaleBits(block, n & 7)), q };
    }),
  );
}
