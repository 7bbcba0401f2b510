import { type Histogram, HistogramCounter } from "./histogram";

/** What the values of an activation are like. All but `shape` and `nonFinite` is about the finite ones, and 0 where there are none. */
export interface Statistics {
  shape: number[];
  mean: number;
  /** Mean squared distance from the mean (divides by the count, as LayerNorm does). */
  variance: number;
  min: number;
  max: number;
  /** √Σx² */
  norm: number;
  /** Share of exact zeros, 0 to 1. */
  zeros: number;
  /** Share of values below 0, 0 to 1. */
  negatives: number;
  /** Share of values that are infinite or no numbers, of all; masked attention scores are −∞. */
  nonFinite: number;
  histogram: Histogram;
}

/**
 * Statistics of values that come in parts, in f64. Means and variances of parts are joined as Chan, Golub and LeVeque
 * do ("Updating formulae and a pairwise algorithm", 1979).
 */
export class StatisticsCounter {
  private count = 0;
  private mean = 0;
  private squaredDistances = 0;
  private sumOfSquares = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private zeros = 0;
  private negatives = 0;
  private nonFinite = 0;
  private readonly histogram = new HistogramCounter();

  /** Adds a part; `values` is read twice. */
  add(values: Float32Array): void {
    let count = 0;
    let sum = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const x of values) {
      if (!Number.isFinite(x)) continue;
      count++;
      sum += x;
      this.sumOfSquares += x * x;
      if (x < min) min = x;
      if (x > max) max = x;
      if (x === 0) this.zeros++;
      if (x < 0) this.negatives++;
    }
    this.nonFinite += values.length - count;
    if (count === 0) return;
    this.histogram.widen(min, max);
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    const mean = sum / count;
    let squaredDistances = 0;
    for (const x of values) {
      if (!Number.isFinite(x)) continue;
      squaredDistances += (x - mean) ** 2;
      this.histogram.add(x);
    }
    this.join(count, mean, squaredDistances);
  }

  /** Adds one value, `times` times. */
  addRepeated(value: number, times: number): void {
    if (times === 0) return;
    if (!Number.isFinite(value)) {
      this.nonFinite += times;
      return;
    }
    this.histogram.widen(value, value);
    this.histogram.add(value, times);
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    this.sumOfSquares += times * value * value;
    if (value === 0) this.zeros += times;
    if (value < 0) this.negatives += times;
    this.join(times, value, 0);
  }

  result(shape: readonly number[]): Statistics {
    const { count, nonFinite } = this;
    const of = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
    return {
      shape: [...shape],
      mean: this.mean,
      variance: of(this.squaredDistances, count),
      min: count === 0 ? 0 : this.min,
      max: count === 0 ? 0 : this.max,
      norm: Math.sqrt(this.sumOfSquares),
      zeros: of(this.zeros, count),
      negatives: of(this.negatives, count),
      nonFinite: of(nonFinite, count + nonFinite),
      histogram: this.histogram.result(),
    };
  }

  private join(count: number, mean: number, squaredDistances: number): void {
    const total = this.count + count;
    const apart = mean - this.mean;
    this.mean += (apart * count) / total;
    this.squaredDistances += squaredDistances + (apart * apart * this.count * count) / total;
    this.count = total;
  }
}
