import { elementsOf } from "../shape";
import type { Arena } from "../wasm/arena";
import type { Activation } from "./hooks";

/** Calls `body` with the address of each stretch of neighbouring values, and how many came before it. */
function forEachStretch({ pointer, shape, strides }: Activation, body: (pointer: number, index: number) => void): void {
  const [first = 1, second = 1] = shape.slice(0, -1);
  const [step = 0, secondStep = 0] = strides;
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) body(pointer + 4 * (i * step + j * secondStep), i * second + j);
  }
}

/** A copy of an activation's values, without gaps. */
export function readValues(arena: Arena, activation: Activation): Float32Array {
  const width = activation.shape.at(-1) ?? 1;
  const values = new Float32Array(elementsOf(activation.shape));
  forEachStretch(activation, (pointer, index) => values.set(arena.f32(pointer, width), index * width));
  return values;
}

/** Puts changed values back where they were read. */
export function writeValues(arena: Arena, activation: Activation, values: Float32Array): void {
  const width = activation.shape.at(-1) ?? 1;
  forEachStretch(activation, (pointer, index) => {
    arena.f32(pointer, width).set(values.subarray(index * width, (index + 1) * width));
  });
}

/** The positions of an activation's rows, in a pass whose first row stands at `position`. */
export function positionsOf({ shape, rows }: Activation, rowAxis: number, position: number): number[] {
  return Array.from({ length: shape[rowAxis] ?? 0 }, (_, i) => position + (rows?.[i] ?? i));
}

/** An activation without its first `skip` rows. */
export function withoutRows(activation: Activation, rowAxis: number, skip: number): Activation {
  if (skip === 0) return activation;
  const { pointer, shape, strides, rows } = activation;
  return {
    pointer: pointer + 4 * skip * (strides[rowAxis] ?? 0),
    shape: shape.map((size, axis) => (axis === rowAxis ? size - skip : size)),
    strides,
    ...(rows && { rows: rows.slice(skip) }),
  };
}
