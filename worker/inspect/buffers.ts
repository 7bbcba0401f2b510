import type { Recorded } from "./collectors";

/** The memory that a trace can hand over instead of copying. */
export function buffersOf(activations: Record<string, Recorded>): ArrayBuffer[] {
  return Object.values(activations).flatMap((found) => ("data" in found ? [found.data.buffer as ArrayBuffer] : []));
}
