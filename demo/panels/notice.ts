import { find } from "../dom";

/** The line under the buttons: what happened, or what went wrong. Words only; a spoken copy goes to screen readers. */
export interface Notice {
  /** What happened; no problem any more. */
  note(...content: (Node | string)[]): void;
  /** What went wrong; the note, of the text that still stands, stays. */
  problem(error: unknown, ...content: (Node | string)[]): void;
  /** Takes the problem away. */
  solved(): void;
  /** For screen readers only. */
  say(text: string): void;
}

export function notice(page: ParentNode): Notice {
  const note = find(page, "#note", HTMLElement);
  const problem = find(page, "#problem", HTMLElement);
  const said = find(page, "#said", HTMLElement);
  return {
    note(...content) {
      problem.replaceChildren();
      note.replaceChildren(...content);
    },
    problem(error, ...content) {
      problem.replaceChildren(messageOf(error), ...content);
    },
    solved() {
      problem.replaceChildren();
    },
    say(text) {
      said.textContent = text;
    },
  };
}

/** What an error says; its message is written for readers. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether it only says that someone changed their mind. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
