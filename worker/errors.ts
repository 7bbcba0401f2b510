/** What went wrong, as a word a program can compare. */
export type GPTErrorCode =
  // the model's configuration and its files
  | "invalid-config"
  | "unsupported-model"
  | "missing-tensor"
  | "wrong-shape"
  | "wrong-dtype"
  | "bad-value"
  | "bad-header"
  | "truncated"
  | "not-a-model-file"
  | "bad-tokenizer"
  | "no-tokenizer"
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
  | "context-full"
  | "bad-argument";

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

/** An error as it crosses between page and worker: structured clone keeps an error's name, message and stack only. */
export interface WireError {
  name: string;
  message: string;
  code?: GPTErrorCode;
}

export function wireError(error: unknown): WireError {
  if (error instanceof GPTError) return { name: error.name, message: error.message, code: error.code };
  if (error instanceof Error || error instanceof DOMException) return { name: error.name, message: error.message };
  return { name: "Error", message: String(error) };
}
