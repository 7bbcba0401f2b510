import type { FormatName } from "../protocol";
import type { Kernels } from "../wasm/instantiate";
import type { RangeKernel } from "../wasm/pool";

/** Outputs a panel holds: every format stores its weights in panels of 8 outputs. */
export const PANEL = 8;

/** One way to store a matrix `[out, in]`; the layouts are drawn in the kernels' files. */
export interface Format {
  name: FormatName;
  /** Inputs that share a scale; a row is padded to a multiple of it. */
  block: number;
  /** Bytes of a panel's block: 8 outputs times `block` inputs. */
  blockBytes: number;
  pack: keyof Kernels;
  rows: RangeKernel;
  matmul: RangeKernel;
  /** What the product reads: f32, or int8 in groups of 32 with the weights' zero point in the corrections. */
  activations: "f32" | "int8";
  /** What is added to the stored 8-bit weights, given the engine's zero point (see `Engine.zero`). */
  storedZero(engineZero: number): number;
  /** The zero point that the corrections beside int8 activations take away again. */
  activationZero(engineZero: number): number;
  /** The largest magnitude of a weight that it can hold. */
  limit: number;
  /** The format of the token embedding and the head. */
  embedding: FormatName;
}

const F16_MAX = 65504;
const F32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** THE TABLE of number formats, by ggml's names. */
export const FORMATS: Record<FormatName, Format> = {
  f32: {
    name: "f32",
    block: 1,
    blockBytes: 32,
    pack: "pack_f32",
    rows: "rows_f32",
    matmul: "matmul_f32",
    activations: "f32",
    storedZero: () => 0,
    activationZero: () => 0,
    limit: F32_MAX,
    embedding: "f32",
  },
  f16: {
    name: "f16",
    block: 1,
    blockBytes: 16,
    pack: "pack_f16",
    rows: "rows_f16",
    matmul: "matmul_f16",
    activations: "f32",
    storedZero: () => 0,
    activationZero: () => 0,
    limit: F16_MAX,
    embedding: "f16",
  },
  q8_0: {
    name: "q8_0",
    block: 32,
    blockBytes: 272,
    pack: "pack_q8_0",
    rows: "rows_q8_0",
    matmul: "matmul_q8_0",
    activations: "int8",
    storedZero: (engineZero) => engineZero,
    activationZero: (engineZero) => engineZero,
    limit: 127 * F16_MAX,
    embedding: "q8_0",
  },
  q4_0: {
    name: "q4_0",
    block: 32,
    blockBytes: 144,
    pack: "pack_q4_0",
    rows: "rows_q4_0",
    matmul: "matmul_q4_0",
    activations: "int8",
    storedZero: () => 0,
    activationZero: () => 8,
    limit: 8 * F16_MAX,
    embedding: "q4_0",
  },
};

/** Bytes of a matrix `[outs, inputs]` in a format, panels and blocks padded. */
export function matrixBytes(format: Format, outs: number, inputs: number): number {
  return Math.ceil(outs / PANEL) * Math.ceil(inputs / format.block) * format.blockBytes;
}
