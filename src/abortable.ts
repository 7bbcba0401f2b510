import { transfer } from "comlink";
import type { Abort } from "../worker/protocol";
import { isTooDeep } from "./depth";
import type { WorkerClient } from "./worker-client";

/** What a call takes that can be given up. */
export interface Abortable {
  /** Gives the call up: it rejects at once with the signal's reason, and the worker stops within tens of milliseconds. */
  signal?: AbortSignal;
}

/**
 * A call to the worker that ends when the options' signal fires, which the worker hears on a port of its own.
 * Rejects with the signal's reason; with a `TypeError` for what is no signal.
 */
export async function abortable<O extends Abortable, T>(
  client: WorkerClient,
  options: O,
  call: (rest: Omit<O, "signal">, halt?: MessagePort) => Promise<T>,
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
    signal.addEventListener("abort", abort, { once: true });
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

/**
 * Throws a `TypeError` for options that are no object, a `Map`, `Promise` …, or inherited: spread out, they would be
 * ignored. So it does for one that is nested too deep to be sent.
 */
export function checkObject(options: unknown): void {
  if (Object.prototype.toString.call(options) !== "[object Object]") {
    throw new TypeError(`options: found ${Array.isArray(options) ? "an array" : String(options)}; allowed: an object`);
  }
  const inherited = inheritedBy(options as object);
  if (inherited.length > 0) {
    throw new TypeError(
      `options: found ${inherited.join(", ")} inherited; allowed: an object that has them of its own`,
    );
  }
  const deep = Object.entries(options as object).find(([, value]) => isTooDeep(value));
  if (deep) throw new TypeError(`${deep[0]}: found values nested too deep; allowed: fewer levels`);
}

/** What an object's prototypes hold, up to the root of all objects, beside constructors. */
function inheritedBy(object: object): string[] {
  const prototype = Object.getPrototypeOf(object);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return [];
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
  return [...names, ...inheritedBy(prototype)];
}

/** Throws a `TypeError` for what is no signal. */
export function checkSignal(signal: unknown): asserts signal is AbortSignal {
  if (signal instanceof AbortSignal) return;
  throw new TypeError(`signal: found ${signal === null ? "null" : typeof signal}; allowed: an AbortSignal`);
}
