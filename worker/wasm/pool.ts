import { GPTError } from "../errors";
import { ARGUMENTS_ADDRESS, CONTROL, kernelNames, MAX_ARGUMENTS, share, type ThreadStart } from "./control";
import type { Engine, Kernels } from "./instantiate";
import { ThreadPolicy } from "./thread-policy";

/** The kernels that own a range: their last two parameters are `begin, end`. */
export type RangeKernel = {
  [K in keyof Kernels]: Kernels[K] extends (...args: infer A) => void
    ? A extends [...number[], number, number]
      ? K
      : never
    : never;
}[keyof Kernels];

const START_TIMEOUT_MS = 5000;
/** A job lasts milliseconds; a helper silent for so long has died. */
const JOB_TIMEOUT_MS = 3000;

/** Runs kernels over a range, alone or with helper threads on the same memory: the one place that knows threads exist. */
export class Pool {
  readonly policy: ThreadPolicy;
  /** Threads that the next job may use; never changes its bits. */
  threads: number;
  private readonly control: Int32Array;
  private readonly args: Float64Array;
  private readonly indexOf: Map<string, number>;
  private broken: GPTError | undefined;

  private constructor(
    private readonly engine: Engine,
    private readonly helpers: readonly Worker[],
    adaptive: boolean,
  ) {
    this.policy = new ThreadPolicy(helpers.length + 1, adaptive);
    this.threads = this.size;
    this.control = new Int32Array(engine.memory.buffer, 0, CONTROL.words);
    this.args = new Float64Array(engine.memory.buffer, ARGUMENTS_ADDRESS, MAX_ARGUMENTS);
    this.indexOf = new Map(kernelNames(engine.module).map((name, i) => [name, i]));
    for (const helper of helpers) helper.addEventListener("error", (event) => this.fail(event.message));
  }

  /** Threads that can work, the caller included. */
  get size(): number {
    return this.helpers.length + 1;
  }

  /**
   * Starts `threads − 1` helpers; `adaptive` leaves out those that don't pay (see `ThreadPolicy`). Rejects with `GPTError` `thread-failed` when one does not come up.
   */
  static async start(engine: Engine, threads: number, adaptive: boolean): Promise<Pool> {
    const helpers: Worker[] = [];
    try {
      for (let index = 1; index < threads; index++) helpers.push(createHelper());
      await Promise.all(
        helpers.map((helper, i) => ready(helper, { module: engine.module, memory: engine.memory, index: i + 1 })),
      );
    } catch (cause) {
      for (const helper of helpers) helper.terminate();
      throw cause;
    }
    return new Pool(engine, helpers, adaptive);
  }

  /** Runs `kernel` over the units `0 … units − 1`; with helpers, each owns a part. Throws `GPTError` `thread-failed`. */
  run(kernel: RangeKernel, units: number, args: readonly number[]): void {
    if (this.broken) throw this.broken;
    const workers = Math.min(this.threads, units);
    if (workers <= 1) {
      this.runAlone(kernel, units, args);
      return;
    }
    const { control } = this;
    control[CONTROL.kernel] = this.indexOf.get(kernel) ?? -1;
    control[CONTROL.count] = args.length;
    control[CONTROL.units] = units;
    control[CONTROL.workers] = workers;
    this.args.set(args);
    Atomics.store(control, CONTROL.pending, this.helpers.length);
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
    this.call(kernel, args, ...share(units, workers, 0));
    this.join();
  }

  /** The same without helpers, for what is too small to share. */
  runAlone(kernel: RangeKernel, units: number, args: readonly number[]): void {
    this.call(kernel, args, 0, units);
  }

  dispose(): void {
    for (const helper of this.helpers) helper.terminate();
  }

  private call(kernel: RangeKernel, args: readonly number[], begin: number, end: number): void {
    const run = this.engine.kernels[kernel] as (...args: number[]) => void;
    run(...args, begin, end);
  }

  private join(): void {
    let deadline = 0;
    for (let spins = 1; Atomics.load(this.control, CONTROL.pending) > 0; spins++) {
      if (spins % 4096 !== 0) continue;
      const now = performance.now();
      deadline ||= now + JOB_TIMEOUT_MS;
      if (now > deadline) this.fail(`no answer for ${JOB_TIMEOUT_MS / 1000} s`);
      if (this.broken) throw this.broken;
    }
    if (Atomics.load(this.control, CONTROL.failed)) this.fail("a kernel failed in it");
    if (this.broken) throw this.broken;
  }

  private fail(why: string): void {
    this.broken ??= new GPTError(
      "thread-failed",
      `A helper thread stopped (${why}). Load the model again, or load it with threads: 1.`,
    );
  }
}

function createHelper(): Worker {
  return new Worker(new URL("./thread.ts", import.meta.url), { type: "module", name: "gpt-worker thread" });
}

function ready(helper: Worker, start: ThreadStart): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) => reject(new GPTError("thread-failed", `A helper thread did not start (${why}).`));
    const timer = setTimeout(() => failed(`no answer within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    helper.addEventListener("message", () => resolve(clearTimeout(timer)), { once: true });
    helper.addEventListener("error", (event) => failed(event.message || "its script could not be loaded"), {
      once: true,
    });
    helper.addEventListener("messageerror", () => failed("the memory could not be shared"), { once: true });
    helper.postMessage(start);
  });
}
