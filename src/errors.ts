import { GPTError, type WireError } from "../worker/protocol";

/** An error that crossed from the worker, as the class it was there. */
export function revive(error: unknown): unknown {
  if (error instanceof DOMException) return error;
  const { name, message, code } = error as WireError;
  if (code) return new GPTError(code, message, { cause: error });
  if (name === "TypeError") return new TypeError(message, { cause: error });
  if (name === "RangeError") return new RangeError(message, { cause: error });
  if (name === "AbortError") return new DOMException(message, name);
  return error instanceof Error ? error : new Error(message, { cause: error });
}

/** For what can't be sent to the worker, a `TypeError` that names the option, where it is one; any other error as it is. */
export function unsent(error: unknown, options: object): unknown {
  if (!(error instanceof DOMException) || error.name !== "DataCloneError") return error;
  const names = Object.entries(options).filter(([, value]) => !isCloneable(value));
  const what = names.map(([name]) => name).join(", ") || "An argument";
  const message = `${what} can't be sent to the worker: of what can't be copied it takes only a load's onProgress and a signal. ${error.message}`;
  return new TypeError(message, { cause: error });
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
