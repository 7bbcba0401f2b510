/** Decoding steps between two comparisons of one thread with all. */
const SETTLED_STEPS = 500;
/** Steps measured with each count; the fastest of them counts, since others disturb only upwards. */
const TRIAL_STEPS = 4;
/** All threads must be faster by this much to be worth their cores. */
const WORTH = 0.95;

/**
 * How many threads pay, found while running. A busy core or a hyper-thread can make two threads slower than one;
 * as any count gives the same bits, the count can change between steps.
 *
 * Steps come in rounds: a trial with all threads, a trial with one, then the faster for a while.
 */
export class ThreadPolicy {
  private step = 0;
  private chosen: number;
  private best = { all: Number.POSITIVE_INFINITY, one: Number.POSITIVE_INFINITY };

  /** Not `adaptive`: all that are available, always. */
  constructor(
    private readonly available: number,
    private readonly adaptive: boolean,
  ) {
    this.chosen = available;
  }

  /** Threads for the next step. */
  get threads(): number {
    if (this.available === 1 || !this.adaptive) return this.available;
    if (this.step < TRIAL_STEPS) return this.available;
    if (this.step < 2 * TRIAL_STEPS) return 1;
    return this.chosen;
  }

  /** Threads for a pass over many positions: as last found, never a trial. */
  get settled(): number {
    return this.chosen;
  }

  /** One decoding step took `ms`. */
  record(ms: number): void {
    if (this.available === 1 || !this.adaptive) return;
    if (this.step < TRIAL_STEPS) this.best.all = Math.min(this.best.all, ms);
    else if (this.step < 2 * TRIAL_STEPS) this.best.one = Math.min(this.best.one, ms);
    this.step++;
    if (this.step === 2 * TRIAL_STEPS) this.chosen = this.best.all < WORTH * this.best.one ? this.available : 1;
    if (this.step === 2 * TRIAL_STEPS + SETTLED_STEPS) {
      this.step = 0;
      this.best = { all: Number.POSITIVE_INFINITY, one: Number.POSITIVE_INFINITY };
    }
  }
}
