import type { Candidates, Cut } from "./candidates";

/** Whether place a comes before place b: the larger key first, of equal ones the earlier place. */
function before(keys: Float64Array, a: number, b: number): boolean {
  const difference = (keys[a] ?? 0) - (keys[b] ?? 0);
  return difference > 0 || (difference === 0 && a < b);
}

/** Moves the places in [begin, end) that come before a pivot to the front; returns where the pivot then stands. */
function partition(order: Int32Array, keys: Float64Array, begin: number, end: number): number {
  const middle = (begin + end) >>> 1;
  const pivot = order[middle] ?? 0;
  order[middle] = order[end - 1] ?? 0;
  let at = begin;
  for (let i = begin; i < end - 1; i++) {
    const place = order[i] ?? 0;
    if (!before(keys, place, pivot)) continue;
    order[i] = order[at] ?? 0;
    order[at++] = place;
  }
  order[end - 1] = order[at] ?? 0;
  order[at] = pivot;
  return at;
}

/**
 * The cut that keeps the smallest set of best keys whose measure reaches `target`; undefined when all of them together
 * do not. `measure` is what each token counts for; without it each counts 1. `target` is above 0.
 *
 * Quickselect (Hoare 1961, "Find") by mass: linear on average, nothing is sorted.
 */
export function reach(list: Candidates, keys: Float64Array, target: number, measure?: Float64Array): Cut | undefined {
  const { order } = list;
  const worth = (place: number): number => (measure ? (measure[place] ?? 0) : 1);
  for (let i = 0; i < list.count; i++) order[i] = i;
  let mass = 0;
  for (let begin = 0, end = list.count; begin < end; ) {
    const at = partition(order, keys, begin, end);
    const pivot = order[at] ?? 0;
    let better = mass;
    for (let i = begin; i < at; i++) better += worth(order[i] ?? 0);
    if (better >= target) end = at;
    else if (better + worth(pivot) >= target) return { key: keys[pivot] ?? 0, last: pivot };
    else {
      mass = better + worth(pivot);
      begin = at + 1;
    }
  }
  return undefined;
}
