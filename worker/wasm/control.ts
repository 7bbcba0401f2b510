/** The seam between the worker and its helper threads: a block at the start of their shared memory. */

/**
 * The control block, 32-bit words from the start of memory:
 *
 *     0 generation   counts jobs; a change wakes the helpers
 *     1 left         parts of the job that nobody has taken yet; none at 0 and below
 *     2 pending      parts that are not done
 *     3 kernel       its number, see `Routine`
 *     4 count        of the arguments
 *     5 units        the whole range of the job
 *     6 parts        that it is cut into
 *     7 failed       1 after a helper threw
 *     byte 64 on     the arguments, as f64
 */
export const CONTROL = {
  generation: 0,
  left: 1,
  pending: 2,
  kernel: 3,
  count: 4,
  units: 5,
  parts: 6,
  failed: 7,
  words: 8,
};
export const ARGUMENTS_ADDRESS = 64;
export const MAX_ARGUMENTS = 24;

/** What a helper is started with. */
export interface ThreadStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** The address of `room_bytes` of its own. */
  room: number;
  /** A Web Lock that it holds while it lives: whoever asks for it next hears when it ends, whatever ended it. */
  life: string;
}

/** Kernels that work four units abreast lose nothing where parts end at a multiple. */
export const ABREAST = 4;

/** The part `index` of `units` cut into `parts`. */
function share(units: number, parts: number, index: number): [begin: number, end: number] {
  const step = units >= ABREAST * parts ? ABREAST : 1;
  const border = (i: number) => (i === parts ? units : Math.floor((units * i) / parts / step) * step);
  return [border(index), border(index + 1)];
}

/**
 * Takes parts of the job until none is left: a thread that is late, or never comes, holds up nobody. A part taken keeps
 * the job open, so what the block says of it stays true until it is done.
 */
export function takeParts(control: Int32Array, work: (begin: number, end: number) => void): void {
  for (let part = takePart(control); part >= 0; part = takePart(control)) {
    work(...share(control[CONTROL.units] ?? 0, control[CONTROL.parts] ?? 1, part));
    if (Atomics.sub(control, CONTROL.pending, 1) === 1) Atomics.notify(control, CONTROL.pending);
  }
}

function takePart(control: Int32Array): number {
  return Atomics.sub(control, CONTROL.left, 1) - 1;
}
