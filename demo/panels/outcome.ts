import type { FinishReason } from "../../src/index";
import { count } from "../numbers";

/** Why the text ended, in the reader's words. */
export function outcome(reason: FinishReason, tokens: number, contextLength: number): string {
  const words: Record<FinishReason, string> = {
    length: `${counted(tokens)}, as asked.`,
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

/** More would keep a screen reader speaking for minutes. */
const MOST_SPOKEN = 1500;

/** What is said aloud of a run: its text and why it ended, or how many tokens where the text is long. */
export function spoken(text: string, tokens: number, ended: string): string {
  return text.length > MOST_SPOKEN ? `${counted(tokens)} written. ${ended}` : `${text} ${ended}`;
}

function counted(tokens: number): string {
  return `${count(tokens)} ${tokens === 1 ? "token" : "tokens"}`;
}
