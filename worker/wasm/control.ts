/** The seam between the worker and its helper threads: a block at the start of their shared memory. */

/**
 * The control block, 32-bit words from the start of memory:
 *
 *     0 generation   counts jobs; a change starts one
 *     1 pending      helpers still at work
 *     2 kernel       index into the sorted export names
 *     3 arguments    how many
 *     4 units        the whole range of the job
 *     5 workers      threads that share it, the caller included
 *     6 failed       1 after a helper threw
 *     byte 64 on     the arguments, as f64
 */
export const CONTROL = { generation: 0, pending: 1, kernel: 2, count: 3, units: 4, workers: 5, failed: 6, words: 8 };
export const ARGUMENTS_ADDRESS = 64;
export const MAX_ARGUMENTS = 24;

/** What a helper is started with. */
export interface ThreadStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  index: number;
}

/** The part `index` of `units` split among `workers`. */
export function share(units: number, workers: number, index: number): [begin: number, end: number] {
  return [Math.floor((units * index) / workers), Math.floor((units * (index + 1)) / workers)];
}

/** Both sides number the kernels alike: by the order of the module's exports. */
export function kernelNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module).map(({ name }) => name);
}
