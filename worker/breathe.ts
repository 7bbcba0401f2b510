/** How long the worker computes before it lets messages in: an abort is heard within this and a block. */
const BREATH_MS = 12;

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
let last = 0;

/** What tells a computation to end; an `AbortSignal` is one. */
export interface Halt {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** Lets the event loop deliver what has arrived. A message to oneself: timers would wait 4 ms. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

/** Breathes; rejects with the halt's reason when there is one now. */
export async function pause(halt?: Halt): Promise<void> {
  await breathe();
  last = performance.now();
  heed(halt);
}

/** The same, but breathes only where the last breath is some time ago. */
export async function rest(halt?: Halt): Promise<void> {
  if (performance.now() - last >= BREATH_MS) await pause(halt);
  else heed(halt);
}

function heed(halt?: Halt): void {
  if (halt?.aborted) throw halt.reason;
}

/** Runs a pass to its end, breathing in its pauses. Rejects with the halt's reason when there is one. */
export async function pass<T>(steps: Generator<void, T>, halt?: Halt): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await rest(halt);
  }
}
