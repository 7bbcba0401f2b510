import { expect, test } from "vitest";
import { topIds } from "../../worker/inspect/distribution";

const VALUES = Float32Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 613) - 300); // most come twice
VALUES.fill(Number.NEGATIVE_INFINITY, 200, 400);

test("the best are the first of all in order, equal ones by their id", () => {
  const ordered = [...VALUES.keys()].sort((a, b) => {
    const [x = 0, y = 0] = [VALUES[a], VALUES[b]];
    return x === y ? a - b : y - x;
  });
  for (const count of [1, 2, 5, 499, 850, 1000]) expect(topIds(VALUES, count)).toEqual(ordered.slice(0, count));
  expect(topIds(VALUES.subarray(0, 3), 5).length).toBe(3);
});

test("however many are asked for, each value is looked at some log n times", () => {
  let reads = 0;
  const counted = new Proxy([...VALUES], {
    get(values, key) {
      if (key !== "length") reads++;
      return Reflect.get(values, key);
    },
  });
  for (const count of [1, 30, 1000]) {
    reads = 0;
    topIds(counted, count);
    expect(reads, String(count)).toBeLessThan(4 * 1000 * Math.log2(1000));
  }
});
