import { ARGUMENTS_ADDRESS, CONTROL, kernelNames, MAX_ARGUMENTS, share, type ThreadStart } from "./control";

/**
 * How long a helper looks out for the next job before it sleeps: the parts of a job don't end together, and the next
 * token comes within a fraction of this. Waking a sleeper costs up to 0.1 ms, many times a token.
 */
const SPIN_MS = 1;

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
  const end = performance.now() + SPIN_MS;
  for (let spins = 1; ; spins++) {
    const now = Atomics.load(control, CONTROL.generation);
    if (now !== last) return now;
    if (spins % 1024 === 0 && performance.now() > end) Atomics.wait(control, CONTROL.generation, last);
  }
}
