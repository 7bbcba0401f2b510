import { GPTError } from "../errors";
import { FORMATS, type Format, PANEL } from "../formats";
import type { Matrix, Place, Weights } from "../model/weights";
import { elementsOf } from "../shape";
import type { Arena, Scratch } from "../wasm/arena";
import type { Kernels } from "../wasm/instantiate";

/** Rows of a file's tensor: which parameters they feed and how they lie. */
export interface FileRows {
  file: string;
  name: string;
  dtype: keyof typeof TYPES;
  shape: readonly number[];
  /** The file holds [in, out]. */
  transposed: boolean;
  /** The outputs `begin … end` of the tensor that make up a parameter. */
  parts: readonly (Range & { parameter: string })[];
}

/** Writes `count` values of a parameter to an address, from its `first` on. */
export type Make = (pointer: number, first: number, count: number) => void;

/** Makes all of them the same number. */
export function constant(arena: Arena, value: number): Make {
  return (pointer, _, count) => arena.f32(pointer, count).fill(value);
}

interface Range {
  begin: number;
  end: number;
}

/** Rows of a tensor. */
interface Rows {
  /** The tensor's, for messages. */
  name: string;
  first: number;
  count: number;
  cols: number;
}

/** The same as f32 at an address. */
interface StagedRows extends Rows {
  pointer: number;
}

/** The types of a file's rows: elements of a block, its bytes, and the kernel that makes f32 of them. */
const TYPES = {
  F32: { elements: 1, bytes: 4, widen: undefined },
  F16: { elements: 1, bytes: 2, widen: "widen_f16" },
  BF16: { elements: 1, bytes: 2, widen: "widen_bf16" },
  Q8_0: { elements: 32, bytes: 34, widen: "widen_q8_0" },
  Q4_0: { elements: 32, bytes: 18, widen: "widen_q4_0" },
} as const;
/** Values generated or set at a time. */
const STAGED_VALUES = 2 ** 16;

/**
 * Takes weights as they arrive, some rows at a time, and packs them into their place: the whole f32 model is never
 * in memory. What is staged lies on the scratch stack, which no pass uses while loading.
 */
export class WeightWriter {
  constructor(
    private readonly weights: Weights,
    private readonly kernels: Kernels,
    private readonly arena: Arena,
    private readonly scratch: Scratch,
  ) {}

  /** Rows `firstRow …` of a file's tensor, raw. Throws `GPTError` `bad-value` for what the format cannot hold. */
  receive(tensor: FileRows, firstRow: number, raw: Uint8Array): void {
    const { file, name, shape, dtype, transposed, parts } = tensor;
    const cols = elementsOf(shape.slice(1));
    const { elements, bytes } = TYPES[dtype];
    const values = (raw.length / bytes) * elements;
    const rows = { name: `${name} in ${file}`, first: firstRow, count: values / cols, cols };
    const pack = transposed ? this.packInputs : this.packOutputs;
    this.staged(values, (pointer) => {
      if (this.repack(tensor, rows, pointer, raw)) return;
      this.widen(dtype, pointer, raw, values);
      for (const part of parts) pack.call(this, this.weights.place(part.parameter), { ...rows, pointer }, part);
    });
  }

  /** Fills a parameter with values that `make` writes. */
  generate(parameter: string, make: Make): void {
    const place = this.weights.place(parameter);
    const [outs = 1, ...rest] = place.parameter.shape;
    const cols = elementsOf(rest);
    const rowsAtOnce = PANEL * Math.max(1, Math.floor(STAGED_VALUES / cols / PANEL));
    for (let row = 0; row < outs; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, outs - row);
      this.staged(rows * cols, (pointer) => {
        make(pointer, row * cols, rows * cols);
        this.packOutputs(place, { name: parameter, pointer, first: row, count: rows, cols }, { begin: 0, end: outs });
      });
    }
  }

  private staged(count: number, body: (pointer: number) => void): void {
    const mark = this.scratch.mark();
    body(this.scratch.take(4 * count));
    this.scratch.release(mark);
  }

  private widen(dtype: FileRows["dtype"], pointer: number, rows: Uint8Array, count: number): void {
    const { widen } = TYPES[dtype];
    if (!widen) {
      this.arena.u8(pointer, rows.length).set(rows);
      return;
    }
    const source = this.scratch.take(rows.length);
    this.arena.u8(source, rows.length).set(rows);
    this.kernels[widen](pointer, source, count);
  }

  /** Moves rows whose blocks the formats of all their places hold as they are; false where one does not. */
  private repack({ dtype, transposed, parts }: FileRows, rows: Rows, staging: number, raw: Uint8Array): boolean {
    const moves = parts.map((part) => {
      const place = this.weights.place(part.parameter);
      const kernel = place.kind === "matrix" && place.matrix.format.repack?.[dtype];
      return kernel && { part, place, kernel };
    });
    if (transposed || !moves.every((move) => !!move)) return false;
    this.arena.u8(staging, raw.length).set(raw);
    return moves.every(({ part, place, kernel }) => {
      const [begin, end] = shared(rows, part);
      if (begin >= end) return true;
      const { pointer, inputs, storedZero } = place.matrix;
      const source = staging + (begin - rows.first) * (raw.length / rows.count);
      const first = place.firstRow + begin - part.begin;
      const repack = this.kernels[kernel];
      return repack(pointer, source, inputs, first, first + end - begin, storedZero) === 1;
    });
  }

  /** Staged rows are outputs, `[rows, inputs]`. */
  private packOutputs(place: Place, rows: StagedRows, part: Range): void {
    const [begin, end] = shared(rows, part);
    if (begin >= end) return;
    const { name, cols } = rows;
    const source = rows.pointer + 4 * (begin - rows.first) * cols;
    const row = begin - part.begin;
    if (place.kind === "plain") {
      this.check(name, FORMATS.f32, source, (end - begin) * cols);
      this.arena
        .f32(place.pointer + 4 * row * cols, (end - begin) * cols)
        .set(this.arena.f32(source, (end - begin) * cols));
      return;
    }
    const first = place.firstRow + row;
    this.check(name, place.matrix.format, source, (end - begin) * cols);
    this.pack(place.matrix, source, [4 * cols, 4], [first, first + end - begin], [0, cols]);
  }

  /** Staged rows are inputs, `[rows, outs]`, as GPT-2's Conv1D stores them. */
  private packInputs(place: Place, { name, pointer, first, count, cols }: StagedRows, part: Range): void {
    if (place.kind === "plain") throw new RangeError(`${name} is no matrix`);
    this.check(name, place.matrix.format, pointer, count * cols);
    const outputs = [place.firstRow, place.firstRow + part.end - part.begin] as const;
    this.pack(place.matrix, pointer + 4 * part.begin, [4, 4 * cols], outputs, [first, first + count]);
  }

  /** f32 at `source`, so many bytes apart by output and by input, into the outputs `n` and inputs `k` of a matrix. */
  private pack(
    { pointer, format, outs, inputs, storedZero }: Matrix,
    source: number,
    strides: readonly [number, number],
    n: readonly [number, number],
    k: readonly [number, number],
  ): void {
    const pack = this.kernels[format.pack];
    pack(pointer, source, ...strides, outs, inputs, ...n, ...k, storedZero);
  }

  private check(name: string, format: Format, pointer: number, count: number): void {
    const largest = this.kernels.max_abs(pointer, count);
    if (largest <= format.limit) return;
    const fits = largest <= FORMATS.f32.limit;
    const advice = fits ? "Load it with format: 'f32'." : "The file is damaged: convert or download it again.";
    throw new GPTError(
      "bad-value",
      `${name} holds a value of magnitude ${largest}, ${format.name} holds up to ${format.limit}. ${advice}`,
    );
  }
}

/** The rows that lie in a part: from, and up to. */
function shared({ first, count }: Rows, { begin, end }: Range): readonly [number, number] {
  return [Math.max(first, begin), Math.min(first + count, end)];
}
