import { ARGUMENTS_ADDRESS, CONTROL, kernelNames, MAX_ARGUMENTS, share, type ThreadStart } from "./control";

/** Spins before sleeping: the next job of a running pass comes within microseconds, of the next token within these. */
const SPINS = 20000;

/** A helper: waits for a job in the control block, runs its part of the range, says so. */
addEventListener("message", async (event: MessageEvent<ThreadStart>) => {
  const { module, memory, index } = event.data;
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = kernelNames(module).map((name) => instance.exports[name] as (...args: number[]) => void);
  const control = new Int32Array(memory.buffer, 0, CONTROL.words);
  const args = new Float64Array(memory.buffer, ARGUMENTS_ADDRESS, MAX_ARGUMENTS);
  let generation = Atomics.load(control, CONTROL.generation);
  postMessage("ready");
  for (;;) {
    generation = nextJob(control, generation);
    const workers = control[CONTROL.workers] ?? 1;
    if (index < workers) {
      try {
        const run = kernels[control[CONTROL.kernel] ?? -1];
        run?.(...args.subarray(0, control[CONTROL.count]), ...share(control[CONTROL.units] ?? 0, workers, index));
      } catch {
        Atomics.store(control, CONTROL.failed, 1);
      }
    }
    Atomics.sub(control, CONTROL.pending, 1);
  }
});

function nextJob(control: Int32Array, last: number): number {
  for (let spins = 0; spins < SPINS; spins++) {
    const now = Atomics.load(control, CONTROL.generation);
    if (now !== last) return now;
  }
  for (;;) {
    Atomics.wait(control, CONTROL.generation, last);
    const now = Atomics.load(control, CONTROL.generation);
    if (now !== last) return now;
  }
}
