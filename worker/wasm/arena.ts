import { GPTError } from "../errors";
import { align } from "../shape";

const PAGE = 65536;
/** 32-bit addresses end here; the last page stays free so that no end of a tensor wraps to 0. */
const ADDRESS_SPACE = 2 ** 32 - PAGE;
/** A cache line; no two tensors share one, so threads never write to the same line. */
const ALIGNMENT = 64;

/** Bytes as they are handed out. */
export const aligned = (bytes: number): number => align(bytes, ALIGNMENT);

/**
 * Bump allocation in WebAssembly memory: only what was taken last can be given back. The memory map, from 0 up:
 *
 *     0        control block of the threads (`control.ts`)
 *     4096     each thread's room for what its kernels make on the way (`pool.ts`)
 *              weights, as packed
 *              run state: the activations of one pass, taken and given back by `Scratch`
 *              scores for sampling, and key-value caches as texts ask for them
 */
export class Arena {
  private top: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    base: number,
  ) {
    this.top = aligned(base);
  }

  /** Bytes of the WebAssembly memory, which this model has to itself. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** `bytes` on a cache line of their own, 0 where nothing was given back. Throws `GPTError` `out-of-memory`. */
  take(bytes: number): number {
    const pointer = this.top;
    this.reserve(bytes);
    this.top = aligned(pointer + bytes);
    return pointer;
  }

  /** Takes back these bytes if they were taken last. Returns whether they were. */
  giveBack({ begin, bytes }: { begin: number; bytes: number }): boolean {
    const isLast = begin + bytes === this.top;
    if (isLast) this.top = begin;
    return isLast;
  }

  /** Makes sure that `bytes` more can be taken, in one step of growth. Throws `GPTError` `out-of-memory`. */
  reserve(bytes: number): void {
    const end = aligned(this.top + bytes);
    if (end > ADDRESS_SPACE) {
      throw new GPTError(
        "out-of-memory",
        `The model needs ${gigabytes(end)} of memory, WebAssembly has 4 GB. Choose a smaller format (q8_0, q4_0) or a smaller model, or fewer sequences, beams and sessions at a time.`,
      );
    }
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new GPTError(
        "out-of-memory",
        `The browser refused to grow the memory to ${gigabytes(end)}. Close other tabs, or choose a smaller format or model.`,
        { cause },
      );
    }
  }

  /** A view of `length` floats; good until the memory grows. */
  f32(pointer: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, length);
  }

  i32(pointer: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, pointer, length);
  }

  u8(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** The activations of one pass: a stack inside one block of the arena, taken per pass and given back at its end. */
export class Scratch {
  private top: number;

  constructor(
    readonly begin: number,
    readonly end: number,
  ) {
    this.top = begin;
  }

  take(bytes: number): number {
    const pointer = this.top;
    this.top = aligned(pointer + bytes);
    if (this.top > this.end) {
      throw new GPTError(
        "out-of-memory",
        `The pass needs ${this.top - this.begin} bytes, ${this.end - this.begin} are set aside.`,
      );
    }
    return pointer;
  }

  mark(): number {
    return this.top;
  }

  release(mark: number): void {
    this.top = mark;
  }
}
