import relaxedUrl from "../../worker/wasm/kernels.relaxed.wasm?url";
import type { instantiate } from "../../worker/wasm/kernels.simd";
import simdUrl from "../../worker/wasm/kernels.simd.wasm?url";

export type Binary = "simd" | "relaxed";
export type Kernels = Awaited<ReturnType<typeof instantiate>>;
export const binaries: Binary[] = ["simd", "relaxed"];

/** The sizes that end ragged, cross every loop twice, or are GPT-2's. */
export const sizes = [1, 2, 3, 5, 8, 26, 37, 63, 64, 65, 768];

/** f32's rounding: half the distance from 1 to the next number. */
export const eps = 2 ** -24;

const GAP = 64;
/** Below the pieces. */
const ROOM = 32768;
const NAN_BYTE = 0xff; // four of them are a NaN

/**
 * A binary on a memory of its own, handing out pieces with gaps of NaN between: a kernel that reads past an end shows it in its result,
 * one that writes past an end is caught by `intact`.
 */
export class Harness {
  private constructor(
    readonly kernels: Kernels,
    private readonly memory: WebAssembly.Memory,
  ) {
    this.reset();
  }

  static async of(binary: Binary, megabytes = 32): Promise<Harness> {
    const memory = new WebAssembly.Memory({ initial: megabytes * 16, maximum: 65536, shared: true });
    const url = binary === "simd" ? simdUrl : relaxedUrl;
    const { instance } = await WebAssembly.instantiateStreaming(fetch(url), { env: { memory } });
    const kernels = instance.exports as unknown as Kernels;
    kernels.set_room(ROOM);
    return new Harness(kernels, memory);
  }

  private next = 0;
  private gaps: number[] = [];

  /** Forgets all pieces. */
  reset(): void {
    this.next = 65536;
    this.gaps = [];
    this.gap();
  }

  private gap(): void {
    this.gaps.push(this.next);
    new Uint8Array(this.memory.buffer, this.next, GAP).fill(NAN_BYTE);
    this.next += GAP;
  }

  /** A piece of n f32, all NaN; 4-byte aligned and no better. */
  room(n: number): number {
    return this.bytes(n * 4);
  }

  bytes(n: number): number {
    const pointer = this.next;
    new Uint8Array(this.memory.buffer, pointer, n).fill(NAN_BYTE);
    this.next += Math.ceil(n / 4) * 4;
    this.gap();
    return pointer;
  }

  put(values: Float32Array | Int32Array | Uint16Array | Int16Array | Int8Array | Uint8Array): number {
    const pointer = this.bytes(values.byteLength);
    this.set(pointer, values);
    return pointer;
  }

  set(pointer: number, values: ArrayBufferView): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.memory.buffer, pointer, values.byteLength).set(bytes);
  }

  get(pointer: number, n: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, n).slice();
  }

  getBytes(pointer: number, n: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, n).slice();
  }

  /** Whether every gap is as it was. */
  get intact(): boolean {
    return this.gaps.every((gap) => new Uint8Array(this.memory.buffer, gap, GAP).every((byte) => byte === NAN_BYTE));
  }
}

/** The largest error in units of its bound: at most 1 where every value is within its own. NaN where one is. */
export function worst(actual: ArrayLike<number>, expected: ArrayLike<number>, bound: (i: number) => number): number {
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((actual[i] as number) - (expected[i] as number));
    if (Number.isNaN(error)) return error;
    if (error > most * bound(i)) most = error / bound(i);
  }
  return most;
}

/** n numbers from the normal distribution (Box and Muller) times scale, the same for the same seed. */
export function normal(n: number, seed = 1, scale = 1): Float32Array {
  const uniform = mulberry32(seed);
  return Float32Array.from(
    { length: n },
    () => scale * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

/** Uniform in [0, 1). Tommy Ettinger's mulberry32. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
