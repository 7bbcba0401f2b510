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
