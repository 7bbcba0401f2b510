import { GPTError } from "../errors";
import { F16_MAX, PANEL } from "../formats";
import type { ActivationName, NormName } from "../model/config";
import type { KVLayer } from "../model/kv-cache";
import type { Matrix } from "../model/weights";
import { align } from "../shape";
import type { Arena, Scratch } from "./arena";
import { ABREAST } from "./control";
import type { Engine } from "./instantiate";
import type { Pool, RangeKernel } from "./pool";
import { rows, type Tensor } from "./tensor";

const ACTIVATIONS: Record<ActivationName, RangeKernel> = {
  "gelu-tanh": "gelu_tanh",
  "gelu-erf": "gelu_erf",
  relu: "relu",
  swiglu: "silu_mul",
};
const NORMS: Record<NormName, RangeKernel> = { layer: "layer_norm", rms: "rms_norm" };
/** Fewer elements stay on one thread: to hand out a job costs as much as some thousand additions. */
const LEAST_SHARED = 16384;
const GROUP = 32;
/** Bytes set aside for a group of 32 quantised activations: two each, of which int8 fills half. */
const GROUP_BYTES = 64;
/** Bytes beside a group: its scale (f32) and where its sums start (i32). */
const SCALE_BYTES = 8;

/** What attention reads and where its rows stand. */
export interface AttentionShape {
  /** Heads of queries; here each has a head of keys and values to itself, though the kernels let several share one. */
  nHeads: number;
  headDim: number;
  /** Position of the first row. */
  position: number;
}

/**
 * The operations of the forward pass: shapes in, pointers out, the rows split across threads. What gives a tensor makes
 * it on the scratch stack; the others say what they write to.
 */
export class Ops {
  constructor(
    private readonly engine: Engine,
    readonly arena: Arena,
    readonly scratch: Scratch,
    private readonly pool: Pool,
  ) {}

  /** A tensor `[rows, cols]` on the scratch stack, its values undefined. */
  tensor(rows: number, cols: number): Tensor {
    return { pointer: this.scratch.take(4 * rows * cols), rows, cols, stride: cols };
  }

  /** Runs `body` and gives back what it took from the scratch stack. */
  scoped<T>(body: () => T): T {
    const mark = this.scratch.mark();
    try {
      return body();
    } finally {
      this.scratch.release(mark);
    }
  }

  /** out[t] = W[ids[t]] → [T, inputs] */
  gather(ids: Int32Array, w: Matrix): Tensor {
    const out = this.tensor(ids.length, w.inputs);
    const idsPointer = this.scratch.take(4 * ids.length);
    this.arena.i32(idsPointer, ids.length).set(ids);
    this.pool.run(w.format.rows, ids.length, [out.pointer, idsPointer, w.pointer, w.inputs, w.storedZero]);
    return out;
  }

  /** out[t, n] = Σₖ x[t, k] · W[n, k] + bias[n] → [T, outs] */
  linear(x: Tensor, w: Matrix, bias = 0): Tensor {
    const out = this.tensor(x.rows, w.outs);
    const panels = Math.ceil(w.outs / PANEL);
    const { quantize, matmul } = w.format;
    const { pointer, outs, inputs, activationZero } = w;
    if (!quantize) {
      this.pool.run(matmul, panels, [out.pointer, x.pointer, pointer, bias, x.rows, outs, inputs]);
    } else {
      const { values, scales } = this.quantize(quantize, x, activationZero);
      this.pool.run(matmul, panels, [out.pointer, values, scales, pointer, bias, x.rows, outs, inputs]);
    }
    return out;
  }

  /** Rows to integers in groups of 32, each with a scale and where its sums start. */
  private quantize(kernel: RangeKernel, x: Tensor, zero: number): { values: number; scales: number } {
    const groups = Math.ceil(x.cols / GROUP);
    const values = this.scratch.take(x.rows * groups * GROUP_BYTES);
    const scales = this.scratch.take(x.rows * groups * SCALE_BYTES);
    this.rowwise(kernel, x, [values, scales, x.pointer, x.cols, zero]);
    return { values, scales };
  }

  /** (x − mean) / sd, or x / rms → [T, embDim], and the divisor → [T, 1] */
  normalize(norm: NormName, x: Tensor, eps: number): { normalized: Tensor; scale: Tensor } {
    const normalized = this.tensor(x.rows, x.cols);
    const scale = this.tensor(x.rows, 1);
    this.rowwise(NORMS[norm], x, [normalized.pointer, scale.pointer, x.pointer, x.cols, eps]);
    return { normalized, scale };
  }

  /** out = x · scale + shift, by column; a `shift` of 0 is none → [T, embDim] */
  scaleShift(x: Tensor, scale: number, shift: number): Tensor {
    const out = this.tensor(x.rows, x.cols);
    this.rowwise("scale_shift", x, [out.pointer, x.pointer, scale, shift, x.cols]);
    return out;
  }

  /** f(x), or silu(gate) · x for the gated activation → as x */
  activate(activation: ActivationName, x: Tensor, gate?: Tensor): Tensor {
    const out = this.tensor(x.rows, x.cols);
    const args = gate ? [out.pointer, gate.pointer, x.pointer] : [out.pointer, x.pointer];
    this.run(ACTIVATIONS[activation], x.rows * x.cols, x, args);
    return out;
  }

  /** x += y */
  add(x: Tensor, y: Tensor): void {
    this.run("add", x.rows * x.cols, x, [x.pointer, x.pointer, y.pointer]);
  }

  /** A copy of x, in a new tensor or in `to`. */
  copy(x: Tensor, to = this.tensor(x.rows, x.cols)): Tensor {
    this.values(to).set(this.values(x));
    return to;
  }

  zeros(rows: number, cols: number): Tensor {
    const out = this.tensor(rows, cols);
    this.values(out).fill(0);
    return out;
  }

  /** The rows `which` of x → [which.length, cols]; a single one is not copied. */
  pick(x: Tensor, which: readonly number[]): Tensor {
    const [only] = which;
    if (which.length === 1 && only !== undefined) return rows(x, only, only + 1);
    const out = this.tensor(which.length, x.cols);
    which.forEach((row, i) => {
      this.copy(rows(x, row, row + 1), rows(out, i, i + 1));
    });
    return out;
  }

  /** The values of contiguous rows: a view, good until the memory grows. */
  values(x: Tensor): Float32Array {
    return this.arena.f32(x.pointer, x.rows * x.cols);
  }

  /** softmax over each row → as x */
  softmax(x: Tensor): Tensor {
    const out = this.tensor(x.rows, x.cols);
    this.rowwise("softmax", x, [out.pointer, x.pointer, x.cols]);
    return out;
  }

  /** log Σ exp(x) of a row in memory. */
  logSumExp(x: Float32Array): number {
    return this.engine.kernels.log_sum_exp(x.byteOffset, x.length);
  }

  /**
   * Puts the keys and values of T rows, each `[T, nHeads · headDim]`, at `position` into a layer's cache. Throws `GPTError` `bad-value` for
   * what an f16 cache can't hold: it has no infinities and no NaN.
   */
  store(layer: KVLayer, k: Tensor, v: Tensor, { nHeads, headDim, position }: AttentionShape): void {
    const { format, keys, values, capacity } = layer;
    if (format === "f16") for (const rows of [k, v]) this.checkHalves(rows);
    const args = [keys, values, k.pointer, v.pointer, k.stride, k.rows, headDim, capacity, position];
    this.run(`kv_store_${format}`, nHeads, k, args);
  }

  private checkHalves({ pointer, rows, cols, stride }: Tensor): void {
    for (let row = 0; row < rows; row++) {
      const largest = this.engine.kernels.max_abs(pointer + 4 * row * stride, cols);
      if (largest <= F16_MAX) continue;
      const found = `a key or value of magnitude ${largest}, the f16 cache holds up to ${F16_MAX}`;
      const advice = Number.isNaN(largest)
        ? "Its weights, or an intervention, are out of range."
        : "Load it with cacheFormat: 'f32'.";
      throw new GPTError("bad-value", `The model computed ${found}. ${advice}`);
    }
  }

  /** z = softmax(q Kᵀ / √headDim) V, causal: [T, nHeads · headDim] */
  attention(z: Tensor, q: Tensor, layer: KVLayer, shape: AttentionShape): void {
    const { nHeads, headDim, position } = shape;
    const { format, keys, values, capacity } = layer;
    this.scoped(() => {
      const rows = this.engine.kernels.attention_scratch_rows();
      const scratch = this.scratch.take(4 * nHeads * rows * paddedPositions(position + q.rows));
      const sizes = [q.rows, nHeads, nHeads, headDim, capacity, position, 1 / Math.sqrt(headDim)];
      const args = [z.pointer, scratch, q.pointer, q.stride, keys, values, ...sizes];
      this.pool.run(`attention_${format}`, nHeads, args, q.rows === 1 ? ABREAST : 1);
    });
  }

  /** The same in three steps whose results can be seen and changed: q Kᵀ / √headDim → [nHeads, T, S] */
  attentionScores(q: Tensor, layer: KVLayer, { nHeads, headDim, position }: AttentionShape): Tensor {
    const scores = this.tensor(nHeads * q.rows, paddedPositions(position + q.rows));
    const sizes = [q.rows, nHeads, nHeads, headDim, layer.capacity, position, 1 / Math.sqrt(headDim)];
    const args = [scores.pointer, q.pointer, q.stride, layer.keys, ...sizes];
    this.pool.run(`attention_scores_${layer.format}`, nHeads, args);
    return scores;
  }

  /** … softmax over the positions seen → [nHeads, T, S] */
  attentionPattern(scores: Tensor, { nHeads, position }: AttentionShape): Tensor {
    const pattern = this.tensor(scores.rows, scores.cols);
    this.pool.run("attention_pattern", nHeads, [pattern.pointer, scores.pointer, scores.rows / nHeads, position]);
    return pattern;
  }

  /** … z = pattern · V: [T, nHeads · headDim] */
  attentionMix(z: Tensor, pattern: Tensor, layer: KVLayer, { nHeads, headDim, position }: AttentionShape): void {
    const sizes = [z.rows, nHeads, nHeads, headDim, layer.capacity, position];
    this.pool.run(`attention_mix_${layer.format}`, nHeads, [z.pointer, pattern.pointer, layer.values, ...sizes]);
  }

  private rowwise(kernel: RangeKernel, x: Tensor, args: readonly number[]): void {
    this.run(kernel, x.rows, x, args);
  }

  /** Runs a kernel over `units` that x is made of, on all threads where that pays. */
  private run(kernel: RangeKernel, units: number, { rows, cols }: Tensor, args: readonly number[]): void {
    if (rows * cols < LEAST_SHARED) this.pool.runAlone(kernel, units, args);
    else this.pool.run(kernel, units, args);
  }
}

/** Attention's rows are padded to whole panels of positions. */
export function paddedPositions(positions: number): number {
  return align(positions, PANEL);
}
