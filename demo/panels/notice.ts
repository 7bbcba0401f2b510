import { find } from "../dom";

/** The line under the buttons: what happened, or what went wrong. Words only; a spoken copy goes to screen readers. */
export interface Notice {
  note(...content: (Node | string)[]): void;
  problem(error: unknown, ...content: (Node | string)[]): void;
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
      note.replaceChildren();
      problem.replaceChildren(messageOf(error), ...content);
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
