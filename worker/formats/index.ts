import type { FormatName } from "../protocol";
import type { Kernels } from "../wasm/instantiate";
import type { RangeKernel } from "../wasm/pool";

/** Outputs a panel holds: every format stores its weights in panels of 8 outputs, and the cache its keys and values likewise. */
export const PANEL = 8;

/** One way to store a matrix `[out, in]`; the layouts are drawn in the kernels' files. */
export interface Format {
  name: FormatName;
  /** Inputs that share a scale; a row is padded to a multiple of it. */
  block: number;
  /** Bytes of a panel's block: 8 outputs times `block` inputs. */
  blockBytes: number;
  pack: Extract<keyof Kernels, `pack_${string}`>;
  /** Where a file's blocks hold the same numbers, by the file's type: moves them without unpacking. */
  repack?: Readonly<Record<string, Extract<keyof Kernels, `repack_${string}`>>>;
  rows: RangeKernel;
  matmul: RangeKernel;
  /** Makes what an integer product reads of its activations; the other products read them as they are. */
  quantize?: RangeKernel;
  /** What is added to the stored 8-bit weights, given the engine's zero point (see `DotProduct`). */
  storedZero(engineZero: number): number;
  /** The zero point that the start of each block's sum takes away again. */
  activationZero(engineZero: number): number;
  /** The largest magnitude of a weight that it can hold. */
  limit: number;
  /** The format of the token embedding and the head. */
  embedding: FormatName;
}

/** The largest finite f16. */
export const F16_MAX = 65504;
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
    repack: { Q8_0: "repack_q8_0" },
    rows: "rows_q8_0",
    matmul: "matmul_q8_0",
    quantize: "quantize",
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
    repack: { Q4_0: "repack_q4_0" },
    rows: "rows_q4_0",
    matmul: "matmul_q4_0",
    quantize: "quantize",
    storedZero: () => 0,
    activationZero: () => 8,
    limit: 8 * F16_MAX,
    embedding: "q8_0",
  },
};

/**
 * Where the relaxed dot product saturates (x86 before AVX-VNNI), q8_0 takes the kernels of the same binary that widen to
 * i16 first, and q4_0, whose nibbles are exact everywhere, the one that sums in i16, which is faster there.
 */
const WIDENED: Partial<Record<FormatName, Partial<Format>>> = {
  q8_0: {
    pack: "pack_q8_0_i16",
    repack: { Q8_0: "repack_q8_0_i16" },
    rows: "rows_q8_0_i16",
    quantize: "quantize_i16",
    matmul: "matmul_q8_0_i16",
    storedZero: () => 0,
    activationZero: () => 0,
  },
  q4_0: { matmul: "matmul_q4_0_i16" },
};

/** For matrices whose products need finer activations than int8, where these are what the relaxed dot takes. */
const FINE: Partial<Record<FormatName, Partial<Format>>> = {
  q8_0: { quantize: "quantize_fine", matmul: "matmul_q8_0_fine" },
};

/** A format's row for an engine (is its relaxed dot product, if it has one, exact?) and a matrix (does it need the finer activations?). */
export function formatFor(name: FormatName, exactDot: boolean, delicate = false): Format {
  const variant = exactDot ? delicate && FINE[name] : WIDENED[name];
  return { ...FORMATS[name], ...variant };
}

/** Bytes of a matrix `[outs, inputs]` in a format, panels and blocks padded. */
export function matrixBytes(format: Format, outs: number, inputs: number): number {
  return Math.ceil(outs / PANEL) * Math.ceil(inputs / format.block) * format.blockBytes;
}
