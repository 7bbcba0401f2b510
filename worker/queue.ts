/** One at a time, in the order of asking: a model has one set of activations. */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `job` after all that were asked for before it, whatever became of them. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.last.then(job, job);
    this.last = result.catch(() => undefined);
    return result;
  }
}
