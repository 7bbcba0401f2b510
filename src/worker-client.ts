import { type Endpoint, type Remote, wrap } from "comlink";
import { GPTError, type Runtime, startWorker } from "../worker/protocol";
import { addressOf, checkDepth, checkSignal } from "./checks";
import { revive, unsent } from "./errors";

/** How long a worker has to say that it listens, its script and the kernels still to be fetched. */
const START_TIMEOUT_MS = 20_000;

/** A running worker: its calls reject when it ends, which Comlink's own would not. */
export interface WorkerClient {
  readonly runtime: Remote<Runtime>;
  /**
   * Settles as `call` does, or rejects once the worker has ended. Errors arrive as the classes they were; of the `options`
   * that went with it, one that can't be sent is a `TypeError`.
   */
  call<T>(call: Promise<T>, options?: object): Promise<T>;
  /** An error of the worker's as the class it was there; a model that can't go on after it is ended with it. */
  received(error: unknown): unknown;
  /** Calls back once the worker has ended, with the reason; at once if it has. Returns a way to take that back. */
  onClosed(listener: (reason: unknown) => void): () => void;
  /** Ends the worker; pending calls reject with `reason`. Safe to call again. */
  end(reason: unknown): void;
}

/** Throws `GPTError` `unsupported-browser` where there are no workers: on a server, in a service worker. */
export function checkPlace(): void {
  if (typeof Worker === "undefined")
    throw new GPTError("unsupported-browser", "There is no Worker here: call this in a page, not on a server.");
}

/**
 * Starts a worker and, once it listens, does some work with it, which the signal ends. Rejects with `GPTError`
 * `worker-failed`, the signal's reason, or as the work does; the worker is then gone.
 */
export async function withWorker<T>(
  workerUrl: string | URL | undefined,
  signal: AbortSignal | undefined,
  work: (client: WorkerClient) => Promise<T>,
): Promise<T> {
  if (signal !== undefined) checkSignal(signal);
  if (workerUrl !== undefined) addressOf("workerUrl", workerUrl);
  signal?.throwIfAborted();
  const worker = createWorker(workerUrl);
  const client = clientOf(worker);
  const fail = (what: string) =>
    client.end(new GPTError("worker-failed", `${what}${workerUrl ? ` (workerUrl ${workerUrl})` : ""}.`));
  worker.addEventListener("error", (event) => fail(describe(event)));
  worker.addEventListener("messageerror", () => fail("A message to the page could not be read"));
  const abort = () => client.end(signal?.reason);
  signal?.addEventListener("abort", abort);
  const seconds = START_TIMEOUT_MS / 1000;
  const late = `The worker did not start within ${seconds} seconds: check that its file is served (docs/bundlers.md)`;
  const timer = setTimeout(fail, START_TIMEOUT_MS, late);
  try {
    await new Promise((resolve, reject) => {
      worker.addEventListener("message", resolve, { once: true });
      client.onClosed(reject);
    });
    clearTimeout(timer);
    return await work(client);
  } catch (error) {
    client.end(error);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** The calls to a worker, and its end. */
function clientOf(worker: Worker): WorkerClient {
  const listeners = new Set<(reason: unknown) => void>();
  let ended: { reason: unknown } | undefined;
  const client: WorkerClient = {
    runtime: wrap<Runtime>(endpointOf(worker)),
    call: <T>(promise: Promise<T>, options = {}) =>
      new Promise<T>((resolve, reject) => {
        const leave = client.onClosed(reject); // a race with one lasting promise would keep every result until the end
        promise.then(resolve, (error) => reject(client.received(unsent(error, options)))).finally(leave);
      }),
    received(error) {
      const revived = revive(error);
      if (revived instanceof GPTError && revived.code === "thread-failed") client.end(revived);
      return revived;
    },
    onClosed(listener) {
      if (ended) listener(ended.reason);
      else listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    end(reason) {
      if (ended) return;
      ended = { reason };
      worker.terminate();
      for (const listener of listeners) listener(reason);
      listeners.clear();
    },
  };
  return client;
}

/** The worker as calls are sent to it. */
function endpointOf(worker: Worker): Endpoint {
  return {
    postMessage(call, transfer = []) {
      for (const { value } of call.argumentList ?? []) checkDepth({ "an argument": value });
      worker.postMessage(call, transfer);
    },
    addEventListener: worker.addEventListener.bind(worker),
    removeEventListener: worker.removeEventListener.bind(worker),
  };
}

function createWorker(workerUrl?: string | URL): Worker {
  try {
    if (!workerUrl)
      return startWorker(
        () => new Worker(new URL("../worker/index.ts", import.meta.url), { type: "module", name: "gpt-worker" }),
      );
    const url = addressOf("workerUrl", workerUrl);
    return startWorker(() => new Worker(url, { type: "module", name: "gpt-worker" }));
  } catch (cause) {
    const message = `The worker was refused (${String(cause)}). Serve it from the page's origin and allow it in worker-src (docs/bundlers.md).`;
    throw new GPTError("worker-failed", message, { cause });
  }
}

function describe(event: ErrorEvent): string {
  if (event.message) return `The worker failed: ${event.message}`;
  return "The worker's script could not be loaded: it is missing, no JavaScript, or refused by the page's worker-src or Cross-Origin-Embedder-Policy, or by another origin (CORS; docs/bundlers.md)";
}
