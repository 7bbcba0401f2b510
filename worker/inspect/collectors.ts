import { elementsOf } from "../shape";
import { type Statistics, StatisticsCounter } from "./statistics";

/** The values of an activation. */
export interface TensorCopy {
  shape: number[];
  data: Float32Array;
}

/** What is kept of an activation that some positions alone have, as an expert's. */
export interface WithPositions {
  /** The positions of the rows, where not every position has one. */
  positions?: number[];
}

export type Recorded = TensorCopy | Statistics;

/** What one pass shows of an activation, and where its rows belong in the whole: from `firstRow`, along axis `rowAxis` of `shape`. */
export interface Shown {
  values: Float32Array;
  shape: readonly number[];
  rowAxis: number;
  firstRow: number;
}

/** Puts together what passes show of one activation. */
export interface Collector {
  add(shown: Shown): void;
  /** `rows` is how many there are, where only some positions have one. */
  result(rows?: number): TensorCopy | Statistics;
}

/** Keeps the values: those that no pass shows, later positions in a map, are `masked`. */
export class TensorCollector implements Collector {
  private readonly data: Float32Array;

  constructor(
    private readonly shape: readonly number[],
    masked = 0,
  ) {
    this.data = new Float32Array(elementsOf(shape)).fill(masked);
  }

  add({ values, shape, rowAxis, firstRow }: Shown): void {
    const width = shape.at(-1) ?? 1;
    const stride = this.shape.at(-1) ?? 1;
    const rows = shape[rowAxis] ?? 0;
    const allRows = this.shape[rowAxis] ?? 0;
    const inner = elementsOf(shape.slice(rowAxis + 1, -1));
    const outer = elementsOf(shape.slice(0, rowAxis));
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < rows * inner; i++) {
        const from = (o * rows * inner + i) * width;
        this.data.set(values.subarray(from, from + width), ((o * allRows + firstRow) * inner + i) * stride);
      }
    }
  }

  result(rows?: number): TensorCopy {
    if (rows === undefined) return { shape: [...this.shape], data: this.data };
    const shape = [rows, ...this.shape.slice(1)];
    return { shape, data: this.data.slice(0, elementsOf(shape)) };
  }
}

/** Keeps statistics only. */
export class StatisticsCollector implements Collector {
  private readonly counter = new StatisticsCounter();

  constructor(
    private readonly shape: readonly number[],
    private readonly masked = 0,
  ) {}

  add({ values, shape, rowAxis }: Shown): void {
    this.counter.add(values);
    // in a map, the columns that this pass does not see yet count as masked
    const hidden = (this.shape.at(-1) ?? 1) - (shape.at(-1) ?? 1);
    if (rowAxis > 0) this.counter.addRepeated(this.masked, (values.length / (shape.at(-1) ?? 1)) * hidden);
  }

  result(rows?: number): Statistics {
    return this.counter.result(rows === undefined ? this.shape : [rows, ...this.shape.slice(1)]);
  }
}
