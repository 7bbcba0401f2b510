import { tiesToEven, toHalf } from "./half";

const f32 = Math.fround;

/** 32 values as scale * q. */
export interface Block {
  scale: number;
  q: number[];
}

/** ggml's q8_0: scale = max |x| / 127, q rounded half away from zero; the scale stored as f16. Where that is 0, we store q = 0. */
export function q8_0(x: ArrayLike<number>): Block {
  const scale = f32(largest(x) / 127);
  const inverse = toHalf(scale) ? f32(1 / scale) : 0;
  const q = Array.from(x, (v) => integer(Math.sign(v) * Math.floor(Math.abs(f32(v * inverse)) + 0.5)));
  return { scale: toHalf(scale), q };
}

/** ggml's q4_0: scale = m / -8 where m is the first value of the largest magnitude; q in -8 .. 7. */
export function q4_0(x: ArrayLike<number>): Block {
  const size = largest(x);
  const most = Array.from(x).find((v) => Math.abs(v) === size) ?? 0;
  const scale = f32(most / -8);
  const inverse = scale ? f32(1 / scale) : 0;
  const q = Array.from(x, (v) => Math.min(15, Math.trunc(f32(f32(v * inverse) + 8.5))) - 8);
  return { scale: toHalf(scale), q };
}

/** How activations are kept as integers: the steps to each side, where their products' sums start, and a block's integers in memory. */
export const ACTIVATIONS = {
  int8: { steps: 127, start: 0x4b400000, put: (q: number[]) => Int8Array.from(q) },
  i16: { steps: 2047, start: 0, put: (q: number[]) => Int16Array.from(q) },
  /** 32 high bytes, then 32 low ones. */
  fine: { steps: 32512, start: 0, put: (q: number[]) => Int8Array.from([...q.map(highByte), ...q.map(lowByte)]) },
} as const;

/** Activations: scale = max |x| / steps in f32, q to nearest, ties to even. */
export function activations(x: ArrayLike<number>, steps: number): Block {
  const size = largest(x);
  const inverse = size ? f32(steps / size) : 0;
  return { scale: f32(size / steps), q: Array.from(x, (v) => integer(tiesToEven(f32(v * inverse)))) };
}

/** A row cut into blocks of 32, the last one filled up with zeros. */
export function blocks(row: ArrayLike<number>): number[][] {
  const values = Array.from(row);
  return Array.from({ length: Math.ceil(values.length / 32) }, (_, b) =>
    Array.from({ length: 32 }, (_, i) => values[32 * b + i] ?? 0),
  );
}

/** The int8 h and l of q = 256 h + l. */
export function highByte(q: number): number {
  return (q - lowByte(q)) / 256;
}
export function lowByte(q: number): number {
  return (q << 24) >> 24;
}

/** There is no integer -0. */
function integer(x: number): number {
  return x === 0 ? 0 : x;
}

function largest(x: ArrayLike<number>): number {
  return Array.from(x).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
