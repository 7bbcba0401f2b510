/** Counts of values in `counts.length` intervals of one width, from `from` to `to`. */
export interface Histogram {
  from: number;
  to: number;
  counts: number[];
}

/** At most so many intervals, and more than half of it where values differ enough. */
const BINS = 64;
/** The narrowest interval, as a power of two: values nearer to each other than this share one. */
const NARROWEST = -60;

/**
 * A histogram of values that come in parts. Intervals are `[i · w, (i + 1) · w)` with w a power of two, the least
 * that lets `BINS` of them cover all values; so 0 is always an edge, and the order of the parts makes no difference.
 */
export class HistogramCounter {
  private exponent = NARROWEST;
  /** Of the intervals from number `first` on. */
  private counts = new Float64Array(BINS);
  private first = 0;
  private lowest = Number.POSITIVE_INFINITY;
  private highest = Number.NEGATIVE_INFINITY;

  /** Makes room for values from `min` to `max`; to be called before they are added. */
  widen(min: number, max: number): void {
    const lowest = Math.min(this.lowest, min);
    const highest = Math.max(this.highest, max);
    if (lowest === this.lowest && highest === this.highest) return;
    let exponent = this.exponent;
    while (bin(highest, exponent) - bin(lowest, exponent) >= BINS) exponent++;
    const first = bin(lowest, exponent);
    const counts = new Float64Array(BINS);
    this.counts.forEach((count, i) => {
      if (count === 0) return;
      const into = Math.floor((this.first + i) / 2 ** (exponent - this.exponent)) - first;
      counts[into] = (counts[into] ?? 0) + count;
    });
    Object.assign(this, { exponent, first, counts, lowest, highest });
  }

  add(value: number, times = 1): void {
    const i = bin(value, this.exponent) - this.first;
    this.counts[i] = (this.counts[i] ?? 0) + times;
  }

  result(): Histogram {
    if (this.lowest > this.highest) return { from: 0, to: 0, counts: [] };
    const width = 2 ** this.exponent;
    const last = bin(this.highest, this.exponent) - this.first;
    const counts = Array.from(this.counts.subarray(0, last + 1));
    return { from: this.first * width, to: (this.first + last + 1) * width, counts };
  }
}

function bin(value: number, exponent: number): number {
  return Math.floor(value * 2 ** -exponent);
}
