import { userEvent } from "vitest/browser";
import markup from "../../demo/index.html?raw";
import { startPage } from "../../demo/page";
import "../../demo/style.css";
import type { loadModel } from "../../src/index";

/** The embedded model as the test server has it. */
export const EMBEDDED = { name: "the story model", source: "/demo/public/model/" };

let last: { dispose(): void } | undefined;

/** Puts the page's own markup into the document and starts it with this loader. */
export async function mount(load: typeof loadModel, hash = ""): Promise<{ ready: Promise<void> }> {
  last?.dispose();
  await document.fonts.load('1rem "Source Serif 4 Variable"');
  history.replaceState(null, "", hash || location.pathname + location.search);
  const { body } = new DOMParser().parseFromString(markup, "text/html");
  document.body.replaceChildren(...body.childNodes);
  document.documentElement.lang = "en";
  const page = startPage(document, load, EMBEDDED);
  last = page;
  return page;
}

export function $<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`nothing at ${selector}`);
  return found;
}

export const tokens = () => [...document.querySelectorAll<HTMLElement>(".t")];

/** The token at this place. */
export function nth(index: number): HTMLElement {
  const token = tokens()[index];
  if (!token) throw new Error(`no token ${index}`);
  return token;
}

export const click = (selector: string) => userEvent.click($(selector));
