import { GPTError } from "../errors";
import type { Arena } from "./arena";
import { ARGUMENTS_ADDRESS, CONTROL, MAX_ARGUMENTS, takeParts } from "./control";
import { type Helper, startHelper } from "./helper";
import type { Engine, Kernels } from "./instantiate";
import { Routine } from "./routine";
import { ThreadPolicy } from "./thread-policy";

/** The kernels that may own a range, whose last two parameters are then `begin, end`: of numbers alone, two or more. */
export type RangeKernel = {
  [K in keyof Kernels]: Kernels[K] extends (...args: infer A) => void
    ? A extends [...number[], number, number]
      ? K
      : never
    : never;
}[keyof Kernels];

/**
 * A job is cut into so many parts for each thread: one that is disturbed leaves more of them to the others. Each begins its streams anew, so
 * that 4 cost a token 2.5 % more; with 1, prompts take up to 6 % longer, as one thread waits for the other (Zen 5).
 */
const PARTS_PER_THREAD = 2;
/** How long the pool looks out for the last parts before it sleeps, which gives its core to a helper that has none. */
const SPIN_MS = 0.2;
/** A part lasts milliseconds. It is given up when its helper has had this many waits to do it, while this thread slept. */
const WAITS = 50;
const WAIT_MS = 100;
/** What threads that failed to start have to be gone: Chromium keeps a worker for ever that is ended while they end. (10 ms sufficed here.) */
const TEARDOWN_MS = 100;

/** Runs kernels over a range, alone or with helper threads on the same memory: the one place that knows threads exist. */
export class Pool {
  /** Threads that can work, the caller included: 1 until they are `ready`. */
  size = 1;
  policy = new ThreadPolicy(1, false);
  /** Threads that the next job may use: 1, or all. Never changes its bits. */
  threads = 1;
  /** Why there are fewer threads than were wanted. */
  missing: string | undefined;
  /** Resolves when the helpers work. Rejects with `GPTError` `thread-failed`. */
  readonly ready: Promise<void>;
  private readonly control: Int32Array;
  private readonly args: Float64Array;
  private readonly routines: Map<string, Routine>;
  private broken: GPTError | undefined;

  private constructor(engine: Engine, starts: readonly Promise<Helper>[], adaptive: boolean) {
    this.control = new Int32Array(engine.memory.buffer, 0, CONTROL.words);
    this.args = new Float64Array(engine.memory.buffer, ARGUMENTS_ADDRESS, MAX_ARGUMENTS);
    this.routines = Routine.all(engine.module, engine.kernels as unknown as WebAssembly.Exports);
    this.ready = this.admit(starts, adaptive);
    this.ready.catch(() => undefined); // whoever waits for it hears
  }

  /**
   * Gives each thread its room and starts `threads − 1` helpers, without waiting for them. `adaptive` does without those that don't come
   * up, and leaves out those that don't pay (see `ThreadPolicy`); else `ready` rejects when one does not come up.
   */
  static start(engine: Engine, arena: Arena, threads: number, adaptive: boolean): Pool {
    const { module, memory, kernels } = engine;
    const [own = 0, ...rooms] = Array.from({ length: threads }, () => arena.take(kernels.room_bytes()));
    kernels.set_room(own);
    return new Pool(
      engine,
      rooms.map((room) => startHelper(module, memory, room)),
      adaptive,
    );
  }

  private async admit(starts: readonly Promise<Helper>[], adaptive: boolean): Promise<void> {
    const settled = await Promise.allSettled(starts);
    const helpers = settled.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
    const failure = settled.find((start) => start.status === "rejected")?.reason as GPTError | undefined;
    if (failure && !adaptive) {
      for (const helper of helpers) helper.terminate();
      await new Promise((resolve) => setTimeout(resolve, TEARDOWN_MS));
      throw failure;
    }
    for (const { ended } of helpers) ended.then((why) => this.fail(why));
    this.missing = failure?.message;
    this.size = helpers.length + 1;
    this.threads = this.size;
    this.policy = new ThreadPolicy(this.size, adaptive);
  }

  /**
   * Runs `kernel` over the units `0 … units − 1`, cut into parts for all threads, each of some `abreast` units or more. Throws `GPTError`
   * `thread-failed`.
   */
  run(kernel: RangeKernel, units: number, args: readonly number[], abreast = 1): void {
    if (this.broken) throw this.broken;
    const parts = Math.min(this.threads * PARTS_PER_THREAD, Math.ceil(units / abreast));
    if (this.threads === 1 || parts <= 1) {
      this.runAlone(kernel, units, args);
      return;
    }
    const { control } = this;
    const routine = this.routine(kernel);
    control[CONTROL.kernel] = routine.index;
    control[CONTROL.count] = args.length;
    control[CONTROL.units] = units;
    control[CONTROL.parts] = parts;
    this.args.set(args);
    Atomics.store(control, CONTROL.pending, parts);
    Atomics.store(control, CONTROL.left, parts);
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
    takeParts(control, (begin, end) => routine.call(args, args.length, begin, end));
    this.join();
  }

  /** The same without helpers, for what is too small to share. */
  runAlone(kernel: RangeKernel, units: number, args: readonly number[]): void {
    this.routine(kernel).call(args, args.length, 0, units);
  }

  private routine(kernel: RangeKernel): Routine {
    const routine = this.routines.get(kernel);
    if (!routine) throw new RangeError(`no kernel ${kernel}`);
    return routine;
  }

  /** Waits for the parts that helpers have taken. */
  private join(): void {
    const { control } = this;
    const end = performance.now() + SPIN_MS;
    let pending = Atomics.load(control, CONTROL.pending);
    for (let spins = 1, waits = 0; pending > 0 && !this.broken; pending = Atomics.load(control, CONTROL.pending)) {
      if (spins++ % 256 !== 0 || performance.now() < end) continue;
      if (waits++ < WAITS) Atomics.wait(control, CONTROL.pending, pending, WAIT_MS);
      else this.fail(`its part of a job was not done in ${(WAITS * WAIT_MS) / 1000} s`);
    }
    if (Atomics.load(control, CONTROL.failed)) this.fail("a kernel failed in it");
    if (this.broken) throw this.broken;
  }

  private fail(why: string): void {
    this.broken ??= new GPTError(
      "thread-failed",
      `A helper thread stopped (${why}). Load the model again, or load it with threads: 1.`,
    );
  }
}
