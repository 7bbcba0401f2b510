import { expect, test } from "vitest";
import { StatisticsCounter } from "../../worker/inspect/statistics";

test("statistics of a few values, by hand", () => {
  const counter = new StatisticsCounter();
  counter.add(Float32Array.of(-1, 0, 0, 3));
  counter.add(Float32Array.of(Number.NEGATIVE_INFINITY, 3));
  expect(counter.result([2, 3])).toEqual({
    shape: [2, 3],
    mean: 1,
    variance: 14 / 5,
    min: -1,
    max: 3,
    norm: Math.sqrt(19),
    zeros: 2 / 5,
    negatives: 1 / 5,
    nonFinite: 1 / 6,
    histogram: { from: -1, to: 3.125, counts: [1, ...Array(7).fill(0), 2, ...Array(23).fill(0), 2] },
  });
});

test("the order of the parts makes no difference to the histogram, and each value is in its interval", () => {
  const values = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i * 12.9898) * Math.exp(Math.cos(i) * 4));
  const forwards = new StatisticsCounter();
  for (let i = 0; i < 500; i += 7) forwards.add(values.subarray(i, i + 7));
  const backwards = new StatisticsCounter();
  for (let i = 499; i >= 0; i--) backwards.add(values.subarray(i, i + 1));
  const { histogram } = forwards.result([500]);
  expect(backwards.result([500]).histogram).toEqual(histogram);
  const { from, to, counts } = histogram;
  const width = (to - from) / counts.length;
  counts.forEach((count, i) => {
    const inside = values.filter((x) => x >= from + i * width && x < from + (i + 1) * width);
    expect(inside.length).toBe(count);
  });
});

test("one value makes one interval", () => {
  const counter = new StatisticsCounter();
  counter.addRepeated(0.3, 5);
  const { histogram, variance, mean } = counter.result([5]);
  expect(histogram.counts).toEqual([5]);
  expect([mean, variance]).toEqual([0.3, 0]);
});

test("values that are no numbers, or never there, count for nothing but their share", () => {
  const counter = new StatisticsCounter();
  counter.add(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY));
  counter.addRepeated(9, 0);
  counter.add(Float32Array.of(1, 3));
  expect(counter.result([4])).toMatchObject({ mean: 2, variance: 1, min: 1, max: 3, nonFinite: 1 / 2 });
});
