import { alternatives } from "./alternatives";
import type { Story } from "./story";

/**
 * Lets every token be asked: by pointer, by tap, and by the arrow keys, which move one focus through the text.
 * The answer floats in `box` beside the token; Escape puts it away, wherever the focus is, for as long as `life` lasts.
 */
export function ask(host: HTMLElement, box: HTMLElement, story: Story, life: AbortSignal): { close(): void } {
  let focused: HTMLElement | undefined;

  const show = (target: EventTarget | null) => {
    const asked = story.pieceAt(target);
    if (!asked) return hide();
    box.replaceChildren(...alternatives(asked.piece));
    box.hidden = false;
    place(box, asked.element);
  };
  const hide = () => {
    box.hidden = true;
  };
  const choose = (next: HTMLElement | undefined) => {
    if (!next || next === focused) return;
    for (const stop of host.querySelectorAll<HTMLElement>('.t[tabindex="0"]')) stop.tabIndex = -1;
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  host.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse" && story.pieceAt(event.target)) show(event.target);
  });
  host.addEventListener("pointerleave", () => (focused ? show(focused) : hide()));
  host.addEventListener("click", (event) => {
    // A press that selects text asks nothing.
    if (getSelection()?.isCollapsed ?? true) choose(story.pieceAt(event.target)?.element);
  });
  host.addEventListener("focusin", (event) => {
    focused = story.pieceAt(event.target)?.element;
    focused?.setAttribute("aria-selected", "true");
    focused?.setAttribute("aria-describedby", box.id);
    show(focused ?? null);
  });
  host.addEventListener("focusout", () => {
    focused?.setAttribute("aria-selected", "false");
    focused?.removeAttribute("aria-describedby");
    focused = undefined;
    hide();
  });
  const closeOnEscape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || box.hidden) return;
    // Escape also stops the writing; here it only closes the answer.
    event.stopPropagation();
    hide();
  };
  document.addEventListener("keydown", closeOnEscape, { capture: true, signal: life });
  host.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !focused || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(step(focused));
    if (box.hidden) show(focused);
  });
  return { close: hide };
}

type Step = (from: HTMLElement) => HTMLElement | undefined;

const previous: Step = (from) =>
  asToken(from.previousElementSibling ?? from.parentElement?.previousElementSibling?.lastElementChild);
const next: Step = (from) =>
  asToken(from.nextElementSibling) ?? asToken(from.parentElement?.nextElementSibling?.firstElementChild);

const STEPS: Record<string, Step> = {
  ArrowLeft: previous,
  ArrowRight: next,
  ArrowUp: (from) => lineAway(from, previous),
  ArrowDown: (from) => lineAway(from, next),
  Home: (from) => asToken(listOf(from)?.firstElementChild?.firstElementChild),
  End: (from) => asToken([...(listOf(from)?.querySelectorAll(".t") ?? [])].at(-1)),
};

/** The token nearest to straight above or below: walks to the neighbouring line, then along it. */
function lineAway(from: HTMLElement, step: Step): HTMLElement | undefined {
  const { left, top, height } = wordBox(from);
  let nearest: HTMLElement | undefined;
  let smallest = Number.POSITIVE_INFINITY;
  let line: number | undefined;
  for (let at = step(from); at; at = step(at)) {
    const box = wordBox(at);
    if (Math.abs(box.top - top) < height / 2) continue;
    line ??= box.top;
    if (Math.abs(box.top - line) > height / 2) break;
    const away = Math.abs(box.left - left);
    if (away < smallest) [nearest, smallest] = [at, away];
  }
  return nearest;
}

/** Puts the box under the token, or over it where there is no room; within the page's width. */
function place(box: HTMLElement, token: HTMLElement): void {
  const frame = box.offsetParent?.getBoundingClientRect() ?? document.body.getBoundingClientRect();
  const at = wordBox(token);
  const widest = Math.max(0, frame.width - box.offsetWidth);
  const left = Math.min(Math.max(0, at.left - frame.left), widest);
  const fits = at.bottom + GAP_PX + box.offsetHeight <= innerHeight || at.top < box.offsetHeight + GAP_PX;
  const top = fits ? at.bottom + GAP_PX : at.top - GAP_PX - box.offsetHeight;
  box.style.translate = `${Math.round(left)}px ${Math.round(top - frame.top)}px`;
}

const GAP_PX = 6;

/** Where a token's word stands; the space before it may hang at the end of the line above. */
function wordBox(token: HTMLElement): DOMRect {
  const word = token.querySelector("mark") ?? token;
  return word.getClientRects()[0] ?? word.getBoundingClientRect();
}

const listOf = (token: HTMLElement) => token.closest("[role=listbox]");

/** A token; the caret is none. */
function asToken(found: Element | null | undefined): HTMLElement | undefined {
  return found instanceof HTMLElement && found.matches(".t") ? found : undefined;
}
