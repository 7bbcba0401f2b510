/** What went wrong, as a word a program can compare. */
export type GPTErrorCode =
  // the model's configuration and its files
  | "invalid-config" // a key is missing, out of range, or does not fit the others
  | "unsupported-model" // another architecture or activation
  | "missing-tensor"
  | "wrong-shape" // of a tensor, or of the model that a session was saved from
  | "wrong-dtype" // of a tensor, or of a saved session's cache
  | "bad-value" // a number that the format can't hold, or bytes that are damaged
  | "bad-header" // a file's own description of its content is faulty
  | "truncated" // a file ends too early
  | "not-a-model-file" // a web page, say, in its place
  | "bad-tokenizer" // damaged, or of a kind that is not supported
  | "no-tokenizer" // text was given, and the model has none
  // the way to them
  | "http-error"
  | "network"
  // the page and its worker
  | "unsupported-browser"
  | "worker-failed"
  | "wasm-failed"
  | "thread-failed"
  | "out-of-memory"
  | "disposed"
  // a call
  | "context-full" // a text longer than the context
  | "bad-argument"; // a source without a model, or an analysis that this model has no answer to

/**
 * Every failure of this package that is not a wrong option (a `TypeError`) or an abort (an `AbortError`).
 * The message says what was found, what was expected and what to do.
 */
export class GPTError extends Error {
  constructor(
    readonly code: GPTErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "GPTError";
  }
}

/** What a cause says of itself. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** An error as it crosses between page and worker: structured clone keeps an error's name, message and stack only. */
export interface WireError {
  name: string;
  message: string;
  code?: GPTErrorCode;
}

export function wireError(error: unknown): WireError {
  if (error instanceof GPTError) return { name: error.name, message: error.message, code: error.code };
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: "Error", message: String(error) };
}
