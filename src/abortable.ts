import { transfer } from "comlink";
import type { Abort } from "../worker/protocol";
import { checkObject, checkSignal } from "./checks";
import type { WorkerClient } from "./worker-client";

/** What a call takes that can be given up. */
export interface Abortable {
  /** Gives the call up: it rejects at once with the signal's reason, and the worker stops within about a tenth of a second. */
  signal?: AbortSignal;
}

/**
 * A call to the worker that ends when the options' signal fires, which the worker hears on a port of its own.
 * Rejects with the signal's reason; with a `TypeError` for what is no signal.
 */
export async function abortable<O extends Abortable, T>(
  client: WorkerClient,
  options: O,
  call: (rest: Omit<O, "signal">, port?: MessagePort) => Promise<T>,
): Promise<T> {
  checkObject(options);
  const { signal, ...rest } = options;
  if (signal === undefined) return client.call(call(rest), rest);
  checkSignal(signal);
  signal.throwIfAborted();
  const { port1, port2 } = new MessageChannel();
  return new Promise<T>((resolve, reject) => {
    const abort = () => {
      port1.postMessage("abort" satisfies Abort);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    const end = () => {
      signal.removeEventListener("abort", abort);
      port1.close();
    };
    client
      .call(call(rest, transfer(port2, [port2])), rest)
      .then(resolve, reject)
      .finally(end);
  });
}
