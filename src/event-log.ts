/** What happened, kept, so that several readers can each follow from the beginning. */
export class EventLog<T> {
  readonly #events: T[] = [];
  #closed = false;
  #wake: () => void = () => undefined;
  #news = this.#nextNews();

  push(event: T, last: boolean): void {
    if (this.#closed) return;
    this.#events.push(event);
    this.#closed = last;
    const wake = this.#wake;
    this.#news = this.#nextNews();
    wake();
  }

  async *follow(): AsyncGenerator<T, void> {
    for (let next = 0; ; next++) {
      if (next >= this.#events.length) {
        if (this.#closed) return;
        await this.#news;
      }
      const event = this.#events[next];
      if (event !== undefined) yield event;
    }
  }

  #nextNews(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
