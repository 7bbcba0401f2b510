import type { Tensor } from "../wasm/tensor";

/** An activation where it lives: `shape` as documented in THE LIST (names.ts), `strides` in floats, the last one 1. */
export interface Activation {
  readonly pointer: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Which rows of the pass these are; all in order, where nothing is said. */
  readonly rows?: readonly number[];
}

/**
 * Called where a named activation exists, which it may read or change in place; what follows computes with what
 * it finds there. A pass without hooks does not build the names.
 */
export type Hooks = (name: string, activation: Activation) => void;

/** Makes the hooks of one pass, told at which position its first row stands. */
export type Watch = (position: number) => Hooks;

/** Several watches as one; each sees what those before it changed. */
export function together(...watches: readonly Watch[]): Watch {
  return (position) => {
    const hooks = watches.map((watch) => watch(position));
    return (name, activation) => {
      for (const hook of hooks) hook(name, activation);
    };
  };
}

/** A tensor as `[rows, cols]`. */
export function matrixOf(x: Tensor): Activation {
  return { pointer: x.pointer, shape: [x.rows, x.cols], strides: [x.stride, 1] };
}

/** Rows of `nHeads · headDim` as `[T, nHeads, headDim]`. */
export function headsOf(x: Tensor, nHeads: number): Activation {
  const headDim = x.cols / nHeads;
  return { pointer: x.pointer, shape: [x.rows, nHeads, headDim], strides: [x.stride, headDim, 1] };
}

/** Attention's padded rows as `[nHeads, T, positions]`. */
export function mapsOf(x: Tensor, nHeads: number, positions: number): Activation {
  const rows = x.rows / nHeads;
  return { pointer: x.pointer, shape: [nHeads, rows, positions], strides: [rows * x.stride, x.stride, 1] };
}

/** Prefixes the names that a module reports; `rows` are the pass's rows that the module sees, where not all. */
export function within(prefix: string, hooks: Hooks | undefined, rows?: readonly number[]): Hooks | undefined {
  return hooks && ((name, activation) => hooks(`${prefix}.${name}`, rows ? { ...activation, rows } : activation));
}
