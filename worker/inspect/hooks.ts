import type { Tensor } from "../wasm/tensor";

/** An activation where it lives: `shape` as documented in THE LIST, `strides` in floats. */
export interface Activation {
  readonly pointer: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/**
 * Called where a named activation exists, which it may read or change in place; what follows computes with what
 * it finds there. A pass without hooks does not build the names.
 */
export type Hooks = (name: string, activation: Activation) => void;

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

/** Prefixes the names that a module reports. */
export function within(prefix: string, hooks: Hooks | undefined): Hooks | undefined {
  return hooks && ((name, activation) => hooks(`${prefix}.${name}`, activation));
}
