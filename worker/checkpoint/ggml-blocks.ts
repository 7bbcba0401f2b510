import type { Unpack } from "./types";

/**
 * ggml's other block types, made f32 while they are read: what `llama-quantize` mixes into its files. A value is
 *
 *   scale(s) · q(i) − min(s)        s = ⌊i / group⌋
 *
 * in f32, each operation rounded as in ggml-quants.c (`dequantize_row_*`), so that the bits are those of ggml. Where the parts of a block
 * lie is drawn in ggml-common.h; offsets here are from the block's first byte.
 */
interface BlockType {
  /** Values of a block, and its bytes. */
  values: 32 | 256;
  bytes: number;
  /** Values that share a scale. */
  group: number;
  scale(block: Uint8Array, s: number): number;
  min(block: Uint8Array, s: number): number;
  /** All q of a block. Each row has a loop of its own, so that engines compile it for that row. */
  unpack(block: Uint8Array, q: Int8Array): void;
}

const { fround } = Math;
const byte = (block: Uint8Array, at: number): number => block[at] as number;
const int8 = (block: Uint8Array, at: number): number => (byte(block, at) << 24) >> 24;
const none = (): number => 0;

/** What a fraction of an f16 is worth, by its exponent. */
const UNITS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25));

/** The f16 at an offset. */
function half(block: Uint8Array, at: number): number {
  const high = byte(block, at + 1);
  const exponent = (high >> 2) & 31;
  const fraction = ((high & 3) << 8) | byte(block, at);
  const unit = UNITS[exponent] ?? (fraction ? Number.NaN : Number.POSITIVE_INFINITY);
  const magnitude = (exponent === 0 ? fraction : 1024 + fraction) * unit;
  return high & 0x80 ? -magnitude : magnitude;
}

/** Value i of 32 in 16 bytes: the low halves come first. */
const nibble = (block: Uint8Array, at: number, i: number): number =>
  (byte(block, at + (i & 15)) >> (i & 16 ? 4 : 0)) & 15;
/** Bit i of some bytes, where a value's highest one is kept. */
const bit = (block: Uint8Array, at: number, i: number): number => (byte(block, at + (i >> 3)) >> (i & 7)) & 1;
/** The i-th of 256 bits, of which each byte holds every 32nd. */
const bitOf32 = (block: Uint8Array, at: number, i: number): number => (byte(block, at + (i & 31)) >> (i >> 5)) & 1;
/** Value i of 64, again and again, in 32 bytes each. */
const nibbleOf64 = (block: Uint8Array, at: number, i: number): number =>
  (byte(block, at + 32 * (i >> 6) + (i & 31)) >> (i & 32 ? 4 : 0)) & 15;
/** Value i of 128, again and again, two bits each in 32 bytes. */
const pairOf128 = (block: Uint8Array, at: number, i: number): number =>
  (byte(block, at + 32 * (i >> 7) + (i & 31)) >> (2 * ((i >> 5) & 3))) & 3;

/** Scale s of eight and, 4 bytes on, its minimum, six bits each in 12 bytes: the last four have their upper bits with the first. */
const scaleOf8 = (block: Uint8Array, at: number, s: number): number =>
  s < 4 ? byte(block, at + s) & 63 : (byte(block, at + s + 4) & 15) | ((byte(block, at + s - 4) >> 6) << 4);
const minOf8 = (block: Uint8Array, at: number, s: number): number =>
  s < 4 ? byte(block, at + s + 4) & 63 : (byte(block, at + s + 4) >> 4) | ((byte(block, at + s) >> 6) << 4);
/** Scale s of 16, six bits each in 12 bytes: 4 lower bits in the first 8, the upper ones in the last 4. */
const scaleOf16 = (block: Uint8Array, at: number, s: number): number =>
  ((byte(block, at + (s & 7)) >> (s & 8 ? 4 : 0)) & 15) |
  (((byte(block, at + 8 + (s & 3)) >> (2 * (s >> 2))) & 3) << 4);

/** What the 16 nibbles of IQ4_NL stand for. */
const UNEVEN = Int8Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

/** THE TABLE of block types that become f32, by ggml's names. */
export const BLOCKS = {
  Q4_1: {
    values: 32,
    bytes: 20,
    group: 32,
    scale: (b) => half(b, 0),
    min: (b) => -half(b, 2),
    unpack(b, q) {
      for (let i = 0; i < q.length; i++) q[i] = nibble(b, 4, i);
    },
  },
  Q5_0: {
    values: 32,
    bytes: 22,
    group: 32,
    scale: (b) => half(b, 0),
    min: none,
    unpack(b, q) {
      for (let i = 0; i < q.length; i++) q[i] = (nibble(b, 6, i) | (bit(b, 2, i) << 4)) - 16;
    },
  },
  Q5_1: {
    values: 32,
    bytes: 24,
    group: 32,
    scale: (b) => half(b, 0),
    min: (b) => -half(b, 2),
    unpack(b, q) {
      for (let i = 0; i < q.length; i++) q[i] = nibble(b, 8, i) | (bit(b, 4, i) << 4);
    },
  },
  IQ4_NL: {
    values: 32,
    bytes: 18,
    group: 32,
    scale: (b) => half(b, 0),
    min: none,
    unpack(b, q) {
      for (let i = 0; i < q.length; i++) q[i] = UNEVEN[nibble(b, 2, i)] as number;
    },
  },
  Q2_K: {
    values: 256,
    bytes: 84,
    group: 16,
    scale: (b, s) => half(b, 80) * (byte(b, s) & 15),
    min: (b, s) => half(b, 82) * (byte(b, s) >> 4),
    unpack(b, q) {
      for (let i = 0; i < q.length; i++) q[i] = pairOf128(b, 16, i);
    },
  },
  Q3_K: {
    values: 256,
    bytes: 110,
    group: 16,
    scale: (b, s) => half(b, 108) * (scaleOf16(b, 96, s) - 32),
    min: none,
    unpack(b, q) {
      for (let i = 0; i < q.length; i++) q[i] = pairOf128(b, 32, i) - (bitOf32(b, 0, i) ? 0 : 4);
    },
  },
  Q4_K: {
    values: 256,
    bytes: 144,
    group: 32,
    scale: (b, s) => half(b, 0) * scaleOf8(b, 4, s),
    min: (b, s) => half(b, 2) * minOf8(b, 4, s),
    unpack(b, q) {
      for (let i = 0; i < q.length; i++) q[i] = nibbleOf64(b, 16, i);
    },
  },
  Q5_K: {
    values: 256,
    bytes: 176,
    group: 32,
    scale: (b, s) => half(b, 0) * scaleOf8(b, 4, s),
    min: (b, s) => half(b, 2) * minOf8(b, 4, s),
    unpack(b, q) {
      for (let i = 0; i < q.length; i++) q[i] = nibbleOf64(b, 48, i) | (bitOf32(b, 16, i) << 4);
    },
  },
  Q6_K: {
    values: 256,
    bytes: 210,
    group: 16,
    scale: (b, s) => half(b, 208) * int8(b, 192 + s),
    min: none,
    unpack(b, q) {
      for (let i = 0; i < q.length; i++)
        q[i] = (((byte(b, 64 * (i >> 7) + (i & 63)) >> (i & 64 ? 4 : 0)) & 15) | (pairOf128(b, 128, i) << 4)) - 32;
    },
  },
} satisfies Record<string, BlockType>;

/** What makes f32 of whole blocks of a type. */
export function unpacker(type: BlockType): Unpack {
  const { values, bytes } = type;
  const q = new Int8Array(values);
  let out = new Float32Array(0);
  return (packed) => {
    const blocks = packed.length / bytes;
    if (out.length < blocks * values) out = new Float32Array(blocks * values);
    for (let n = 0; n < blocks; n++) {
      const block = packed.subarray(n * bytes, (n + 1) * bytes);
      type.unpack(block, q);
      scaled(type, block, q, out, n * values);
    }
    return new Uint8Array(out.buffer, 0, 4 * blocks * values);
  };
}

/** scale · q − min of one block. */
function scaled(type: BlockType, block: Uint8Array, q: Int8Array, out: Float32Array, to: number): void {
  const { group } = type;
  for (let first = 0; first < q.length; first += group) {
    const scale = fround(type.scale(block, first / group));
    const min = fround(type.min(block, first / group));
    for (let i = first; i < first + group; i++) out[to + i] = fround(scale * (q[i] as number)) - min;
  }
}
