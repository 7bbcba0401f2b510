/** One at a time, in the order of asking: a model has one set of activations. */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  /**
   * Runs `job` after all that were asked for before it, whatever became of them. One that is aborted while it waits
   * rejects at once with the signal's reason, and is never run.
   */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal?.reason);
      const turn = async () => {
        signal?.removeEventListener("abort", leave);
        if (!signal?.aborted) await Promise.resolve().then(job).then(resolve, reject);
      };
      if (signal?.aborted) leave();
      else signal?.addEventListener("abort", leave);
      this.last = this.last.then(turn);
    });
  }
}
