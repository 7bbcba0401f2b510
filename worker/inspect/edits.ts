import type { GPTConfig } from "../model/config";
import { elementsOf } from "../shape";
import { show } from "../values";
import type { Arena } from "../wasm/arena";
import type { TensorCopy, WithPositions } from "./collectors";
import type { Watch } from "./hooks";
import { type HookRow, shapeOf } from "./names";
import type { Part } from "./targets";
import { positionsOf, readValues, writeValues } from "./values";

/**
 * The new value of one element: at a position, in map `outer` of several (a head's attention map; 0 elsewhere),
 * `inner` of that position's values.
 */
export type Change = (value: number, position: number, outer: number, inner: number) => number;

/** A change to a part of an activation, at some positions or all. */
export interface Edit extends Part {
  change: Change;
  positions?: ReadonlySet<number>;
}

/** Makes the edits wherever their activations come by, those of one activation in order. */
export function editing(edits: readonly Edit[], arena: Arena): Watch {
  const byHook = new Map<string, Edit[]>();
  for (const edit of edits) byHook.set(edit.hook, [...(byHook.get(edit.hook) ?? []), edit]);
  return (position) => (name, activation) => {
    const here = byHook.get(name);
    if (!here) return;
    const values = readValues(arena, activation);
    for (const edit of here) apply(edit, values, activation.shape, positionsOf(activation, edit.rowAxis, position));
    writeValues(arena, activation, values);
  };
}

/** What a position can't see in an attention map stays as it is. */
function apply(edit: Edit, values: Float32Array, shape: readonly number[], positions: readonly number[]): void {
  const { change, begin, end, rowAxis } = edit;
  const inner = elementsOf(shape.slice(rowAxis + 1));
  for (let row = 0; row * inner < values.length; row++) {
    const position = positions[row % positions.length] ?? 0;
    if (edit.positions && !edit.positions.has(position)) continue;
    const outer = Math.floor(row / positions.length);
    const stop = Math.min(end, rowAxis === 0 ? inner : position + 1);
    for (let i = begin; i < stop; i++) {
      values[row * inner + i] = change(values[row * inner + i] ?? 0, position, outer, i);
    }
  }
}

/** Puts in the values of another run. Throws a `TypeError` where it has another shape. */
export function patched(from: TensorCopy & WithPositions, row: HookRow, hook: string, config: GPTConfig): Change {
  const { shape, data } = from ?? {};
  const isMap = row.shape[0] === "nHeads";
  const T = shape?.[isMap ? 1 : 0] ?? 0;
  const expected = shapeOf(row, config, T, shape?.[2] ?? 0);
  const fits = data instanceof Float32Array && Number.isInteger(T) && expected.join() === String(shape);
  if (!fits || data.length !== elementsOf(expected)) {
    const found = data instanceof Float32Array ? `the shape [${shape}] and ${data.length} values` : show(data ?? from);
    throw new TypeError(
      `from: found ${found}; allowed: { shape, data: a Float32Array } of ${hook}, [${row.shape.join(", ")}], as trace() gives it`,
    );
  }
  const positions = from.positions ?? Array.from({ length: T }, (_, i) => i);
  if (!(Array.isArray(positions) && positions.length === T && positions.every(Number.isInteger)))
    throw new TypeError(`from.positions: found ${show(positions)}; allowed: the positions of its ${T} rows`);
  const width = data.length / T / (isMap ? (shape[0] ?? 1) : 1);
  const rowOf = new Map(positions.map((position, i) => [position, i]));
  return (value, position, outer, inner) => {
    const at = rowOf.get(position);
    if (at === undefined || inner >= width) return value;
    return data[(outer * T + at) * width + inner] ?? value;
  };
}
