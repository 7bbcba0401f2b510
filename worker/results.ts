/** What a generation and a score give. */
import type { Recorded, WithPositions } from "./inspect/collectors";
import type { StageReport } from "./sampling/report";

export interface TopToken {
  id: number;
  text: string;
  /** Nats. */
  logprob: number;
}

export interface Token {
  id: number;
  /** The text that this token completes; empty in the middle of a character, and while it may begin a stop text. */
  text: string;
  /** Log-probability under the model's own distribution, in nats; with `logprobs`. */
  logprob?: number;
  /** With `logprobs`: that many of the most probable tokens, best first. */
  top?: TopToken[];
  /** With `n` over 1: which sequence it belongs to. */
  index?: number;
  /** What each sampling stage kept, with `stats`. */
  stages?: StageReport[];
  /** Of the position that the token was drawn from, with `trace`. */
  activations?: Record<string, Recorded & WithPositions>;
}

/**
 * What ended a text: `length` (`maxNewTokens`), a `stop-token` (or a constraint under which nothing more can follow), a `stop-text`, `aborted`,
 * `context-full` (with `onContextFull: 'stop'`), or `time` (`maxTime`).
 */
export type FinishReason = "length" | "stop-token" | "stop-text" | "aborted" | "context-full" | "time";

export interface Usage {
  /** Of the prompt; in a session, of the whole text before the new tokens. */
  promptTokens: number;
  /** Of all sequences together. */
  newTokens: number;
  /** From when its turn came: waiting for other calls does not count. */
  timeToFirstTokenMs: number;
  /** Of the prompt's tokens that had to be read anew; others were known from the call before. */
  prefillTokensPerSecond: number;
  /** Of the tokens after the first. */
  decodeTokensPerSecond: number;
}

export interface Sequence {
  text: string;
  ids: number[];
  finishReason: FinishReason;
  /** Sum of the log-probabilities of its tokens, and of the stop token that ended it, in nats. */
  logprob: number;
  /** Its place among those asked for: `Token.index`, or its rank in a beam search. */
  index: number;
  /** What beam search compares: the sum of scores / length ** lengthPenalty, the stop token counted in both. */
  score?: number;
}

export interface GenerateResult {
  /** What was written, without the prompt and without the stop text. */
  text: string;
  /** The new tokens, with those drawn of a stop text, but no stop token. */
  ids: number[];
  finishReason: FinishReason;
  usage: Usage;
  /** With `n` or `numBeams` over 1: all, best first. The result's own text is the one that streamed. */
  sequences?: readonly Sequence[];
}

export interface Score {
  /** Log-probability of each token after the first, in nats. */
  logprobs: number[];
  /** Of `logprobs`, in nats. */
  sum: number;
  /** exp(−sum / number of logprobs). */
  perplexity: number;
}
