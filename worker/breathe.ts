/** How long the worker computes before it lets messages in: an abort is heard within this and a block. */
const BREATH_MS = 12;

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
let last = 0;

/** Lets the event loop deliver what has arrived. A message to oneself: timers would wait 4 ms. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

/** Runs a pass to its end, breathing in its pauses. Rejects with the signal's reason when it is aborted. */
export async function pass<T>(steps: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - last < BREATH_MS) continue;
    await breathe();
    last = performance.now();
    if (signal?.aborted) throw signal.reason;
  }
}
