import { ARGUMENTS_ADDRESS, CONTROL, MAX_ARGUMENTS, type ThreadStart, takeParts } from "./control";
import type { Kernels } from "./instantiate";
import { Routine } from "./routine";

/**
 * How long a helper looks out for the next job before it sleeps: the parts of a job don't end together, and the next
 * token comes within a fraction of this. Waking a sleeper costs up to 0.1 ms, many times a token.
 */
const SPIN_MS = 1;

/** A helper: waits for a job in the control block and takes parts of it until none is left. */
async function work({ module, memory, room, life }: ThreadStart): Promise<void> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  (instance.exports as unknown as Pick<Kernels, "set_room">).set_room(room);
  const routines = [...Routine.all(module, instance.exports).values()];
  const control = new Int32Array(memory.buffer, 0, CONTROL.words);
  const args = new Float64Array(memory.buffer, ARGUMENTS_ADDRESS, MAX_ARGUMENTS);
  await hold(life);
  postMessage("ready");
  for (let generation = Atomics.load(control, CONTROL.generation); ; generation = nextJob(control, generation)) {
    takeParts(control, (begin, end) => {
      try {
        routines[control[CONTROL.kernel] ?? -1]?.call(args, control[CONTROL.count] ?? 0, begin, end);
      } catch {
        Atomics.store(control, CONTROL.failed, 1);
      }
    });
  }
}

addEventListener("message", (event: MessageEvent<ThreadStart>) => void work(event.data).catch(reportError));
addEventListener("messageerror", () => reportError("The memory could not be shared."));

/** Resolves once the lock is held, for as long as this thread lives; at once where a page may have none. */
function hold(lock: string): Promise<void> {
  return new Promise((resolve) => {
    const forever = () => {
      resolve();
      return new Promise(() => undefined);
    };
    navigator.locks.request(lock, forever).catch(resolve);
  });
}

function nextJob(control: Int32Array, last: number): number {
  const end = performance.now() + SPIN_MS;
  for (let spins = 1; ; spins++) {
    const now = Atomics.load(control, CONTROL.generation);
    if (now !== last) return now;
    if (spins % 1024 === 0 && performance.now() > end) Atomics.wait(control, CONTROL.generation, last);
  }
}
