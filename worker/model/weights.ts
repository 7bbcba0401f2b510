import { type Format, formatFor, matrixBytes, PANEL } from "../formats";
import type { FormatName } from "../protocol";
import { align, elementsOf } from "../shape";
import { type Arena, aligned } from "../wasm/arena";
import type { DotProduct } from "../wasm/instantiate";
import type { GPTConfig } from "./config";
import { type Parameter, parameters } from "./parameters";

/** A packed matrix `[outs, inputs]`. */
export interface Matrix {
  readonly pointer: number;
  readonly format: Format;
  readonly outs: number;
  readonly inputs: number;
  readonly storedZero: number;
  readonly activationZero: number;
}

/** What a file holds each parameter as, by ggml's and safetensors' names of types. */
export type FileTypes = ReadonlyMap<string, string>;

/** Where a parameter lies: rows of a packed matrix, or plain f32. */
export type Place =
  | { kind: "matrix"; matrix: Matrix; firstRow: number; parameter: Parameter }
  | { kind: "plain"; pointer: number; parameter: Parameter };

/** Parameters that one matrix holds one under another: one product makes query, key and value. */
const STACKED = [".W_query", ".W_key", ".W_value"];
/** Matrices too small and too delicate to quantise. */
const ALWAYS_F32 = /\.ff\.gate\.weight$/;
const EMBEDDING = /^(?:tok_emb|out_head)\.weight$/;
/**
 * Int8 activations cost most quality in the head and in attention (docs/numerics.md). In q8_0 the head gets finer ones, as it works on one row;
 * attention only in narrow models: its products then take twice the time, which such models have to spare.
 */
const ATTENTION = /\.att\./;
const NARROW = 512;

/**
 * Every weight's place in memory. The model reads from it by the book's names; what fills it (a checkpoint, a
 * seeded generator) asks `place` where a parameter goes.
 */
export class Weights {
  private readonly places = new Map<string, Place>();
  private readonly stacks = new Map<string, { matrix: Matrix; bias: number }>();
  bytes: number;

  private constructor(
    readonly config: GPTConfig,
    private readonly formatName: FormatName,
    private readonly dot: DotProduct,
    private readonly types: FileTypes,
    reserve: (bytes: number) => number,
  ) {
    let bytes = 0;
    const take = (wanted: number) => {
      bytes += aligned(wanted);
      return reserve(wanted);
    };
    for (const parameter of parameters(config)) this.allocate(parameter, take);
    this.bytes = bytes;
  }

  /** Sets the memory aside for weights that come from a file, if `types` are given. Throws `GPTError` `out-of-memory` before anything is taken. */
  static allocate(
    config: GPTConfig,
    format: FormatName,
    dot: DotProduct,
    arena: Arena,
    types: FileTypes = new Map(),
  ): Weights {
    const dry = new Weights(config, format, dot, types, () => 0);
    arena.reserve(dry.bytes);
    return new Weights(config, format, dot, types, (bytes) => arena.take(bytes));
  }

  place(name: string): Place {
    const place = this.places.get(name);
    if (!place) throw new RangeError(`no parameter ${name}`);
    return place;
  }

  /** A matrix of the model by its parameter's name. */
  matrix(name: string): Matrix {
    const place = this.place(name);
    if (place.kind !== "matrix") throw new RangeError(`${name} is not a matrix`);
    return place.matrix;
  }

  /** The output head's: the token embedding's where the two are tied. */
  get head(): Matrix {
    return this.matrix(this.config.tied ? "tok_emb.weight" : "out_head.weight");
  }

  /** The address of an f32 vector or table; 0 where the configuration has none. */
  plain(name: string): number {
    const place = this.places.get(name);
    return place?.kind === "plain" ? place.pointer : 0;
  }

  /**
   * Gives a tied head memory of its own, if it has none yet, and copies into it what the embedding holds so far.
   * Throws `GPTError` `out-of-memory`.
   */
  untie(arena: Arena): void {
    const matrix = this.matrix("tok_emb.weight");
    const { format, outs, inputs } = matrix;
    const bytes = matrixBytes(format, outs, inputs);
    if (this.config.tied) {
      const parameter: Parameter = { name: "out_head.weight", shape: [outs, inputs], role: "matrix" };
      const head = { ...matrix, pointer: arena.take(bytes) };
      this.places.set(parameter.name, { kind: "matrix", matrix: head, firstRow: 0, parameter });
      this.bytes += aligned(bytes);
      this.config.tied = false;
    }
    arena.u8(this.head.pointer, bytes).set(arena.u8(matrix.pointer, bytes));
  }

  /** Query, key and value as one matrix, each part padded to whole panels, and the address of their biases. */
  stacked(module: string): { matrix: Matrix; bias: number } {
    const stack = this.stacks.get(module);
    if (!stack) throw new RangeError(`no projections in ${module}`);
    return stack;
  }

  private allocate(parameter: Parameter, take: (bytes: number) => number): void {
    const { name, shape, role } = parameter;
    const part = STACKED.findIndex((suffix) => name.includes(suffix));
    if (part >= 0) {
      this.allocateStacked(parameter, part, take);
    } else if (role === "matrix" || name === "tok_emb.weight") {
      const [outs = 1, inputs = 1] = shape;
      const matrix = this.newMatrix(this.formatOf(name), outs, inputs, take);
      this.places.set(name, { kind: "matrix", matrix, firstRow: 0, parameter });
    } else {
      const pointer = take(4 * elementsOf(shape));
      this.places.set(name, { kind: "plain", pointer, parameter });
    }
  }

  private allocateStacked(parameter: Parameter, part: number, take: (bytes: number) => number): void {
    const module = parameter.name.slice(0, parameter.name.indexOf(STACKED[part] ?? ""));
    const [outs = 1, inputs = 1] = parameter.shape;
    const padded = align(outs, PANEL);
    let stack = this.stacks.get(module);
    if (!stack) {
      const matrix = this.newMatrix(this.formatOf(parameter.name), STACKED.length * padded, inputs, take);
      stack = { matrix, bias: this.config.qkvBias ? take(4 * matrix.outs) : 0 };
      this.stacks.set(module, stack);
    }
    const place: Place =
      parameter.role === "matrix"
        ? { kind: "matrix", matrix: stack.matrix, firstRow: part * padded, parameter }
        : { kind: "plain", pointer: stack.bias + 4 * part * padded, parameter };
    this.places.set(parameter.name, place);
  }

  private newMatrix(format: Format, outs: number, inputs: number, take: (bytes: number) => number): Matrix {
    const pointer = take(matrixBytes(format, outs, inputs));
    const { zero } = this.dot;
    const storedZero = format.storedZero(zero);
    return { pointer, format, outs, inputs, storedZero, activationZero: format.activationZero(zero) };
  }

  private formatOf(name: string): Format {
    const { exact } = this.dot;
    if (ALWAYS_F32.test(name)) return formatFor("f32", exact);
    const format = formatFor(this.formatName, exact, this.config.embDim < NARROW && ATTENTION.test(name));
    if (!EMBEDDING.test(name)) return format;
    const isHeld = format.repack?.[this.types.get(name) ?? ""] !== undefined; // more bits would bring nothing back
    return formatFor(isHeld ? format.name : format.embedding, exact, true);
  }
}
