import type { Token } from "../src/index";

/** From this many bits (1 in 256) on, the amber is at its fullest. */
const FULL_BITS = 8;

/** A stretch of text that can be asked: one token, or those that came together, as the parts of one character do. */
export interface Piece {
  text: string;
  tokens: Token[];
  /** Surprise of the tokens together. */
  bits: number;
}

/** One line of the answer to "what else could have stood here?". */
export interface Alternative {
  text: string;
  probability: number;
  bits: number;
  chosen: boolean;
}

/** Surprise in bits of a log-probability in nats. */
export function bitsOf(logprob: number): number {
  return Math.max(0, -logprob / Math.LN2);
}

/** How much of the amber so many bits get, 0 to 1. */
export function amberOf(bits: number): number {
  return Math.min(1, bits / FULL_BITS);
}

/** A piece of these tokens. */
export function pieceOf(tokens: Token[]): Piece {
  const bits = tokens.reduce((sum, { logprob }) => sum + bitsOf(logprob ?? 0), 0);
  return { text: tokens.map(({ text }) => text).join(""), tokens, bits };
}

/**
 * The likeliest tokens at this place, likeliest first, and the chosen one whether or not it is among them: if it is not, with the
 * text that came with it. One that ends a character has that for its text, where its own would be a broken one.
 */
export function alternativesOf(token: Token): Alternative[] {
  const top = token.top ?? [];
  const all = top.some(({ id }) => id === token.id)
    ? top
    : [...top, { id: token.id, text: token.text, logprob: token.logprob ?? 0 }];
  return [...all]
    .sort((a, b) => b.logprob - a.logprob)
    .map(({ id, text, logprob }) => ({
      text: id === token.id && text.includes("\uFFFD") ? token.text : text,
      probability: Math.exp(logprob),
      bits: bitsOf(logprob),
      chosen: id === token.id,
    }));
}

const SHOWN: Record<string, string> = { " ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍" };

/** A token with its white space made visible. */
export function visible(text: string): string {
  if (text === "") return "part of a character";
  return text.replace(/^[ ]|[\n\t\r]|[ ]$/g, (space) => SHOWN[space] ?? space);
}
