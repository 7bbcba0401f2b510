import type { FinishReason } from "../../src/index";
import { count } from "../numbers";

/** Why the text ended, in the reader's words. */
export function outcome(reason: FinishReason, tokens: number, contextLength: number): string {
  const words: Record<FinishReason, string> = {
    length: `${count(tokens)} ${tokens === 1 ? "token" : "tokens"}, as asked.`,
    "stop-token": "The model ended the text here.",
    "stop-text": "Your stop text came.",
    aborted: "Stopped.",
    "context-full": `The context is full: the model looks back over ${count(contextLength)} tokens.`,
    time: "Time is up.",
  };
  return words[reason];
}

/** Whether the text can go on from its end. */
export function canGoOn(reason: FinishReason): boolean {
  return reason === "length" || reason === "aborted" || reason === "time" || reason === "stop-text";
}
