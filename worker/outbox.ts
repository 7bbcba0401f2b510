import { breathe } from "./breathe";

/**
 * What is on its way to the page, posted together when the worker next breathes: to wake another thread costs as much as
 * a small model's token, and a page draws no more often than that.
 */
export class Outbox<T> {
  private waiting: T[] = [];
  private buffers: Transferable[] = [];

  constructor(private readonly port: MessagePort) {}

  put(one: T, buffers: readonly Transferable[] = []): void {
    if (this.waiting.length === 0) void breathe().then(() => this.post());
    this.waiting.push(one);
    this.buffers.push(...buffers);
  }

  /** Posts what waits now. */
  post(): void {
    if (this.waiting.length === 0) return;
    this.port.postMessage(this.waiting, this.buffers);
    this.waiting = [];
    this.buffers = [];
  }
}
