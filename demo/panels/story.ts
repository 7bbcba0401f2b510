import type { Token } from "../../src/index";
import { element } from "../dom";
import { amberOf, type Piece, pieceOf } from "../surprise";

/** The text as it grows: what was given, then every piece in its share of amber, then the caret. */
export interface Story {
  /** Everything so far, the given text included. */
  readonly text: string;
  /** Tokens so far. */
  readonly tokens: number;
  /** Starts anew after this text. */
  begin(given: string): void;
  /** Puts the caret back at the end, which belongs to no token any more. */
  resume(): void;
  add(token: Token): void;
  /** Takes the caret away; text that was held back to the end, and belongs to no token, is added plainly. */
  end(whole?: string): void;
  /** The piece that this element, or one around it, shows. */
  pieceAt(target: EventTarget | null): { piece: Piece; element: HTMLElement } | undefined;
}

/** Shows a text in `host`. A token in the middle of a character waits for the one that completes it. */
export function story(host: HTMLElement): Story {
  const given = element("span", { class: "given" });
  const list = element("span", {
    role: "listbox",
    "aria-label": "The tokens, each with its surprise",
    "aria-orientation": "horizontal",
  });
  const caret = element("span", { class: "caret", "aria-hidden": "true" });
  /** What grows: the list's last block. */
  let paragraph = element("span");
  const pieces = new Map<Element, Piece>();
  let text = "";
  let tokens = 0;
  let unfinished: Token[] = [];

  return {
    get text() {
      return text;
    },
    get tokens() {
      return tokens;
    },
    begin(words) {
      text = words;
      tokens = 0;
      unfinished = [];
      pieces.clear();
      given.textContent = words;
      paragraph = element("span");
      list.replaceChildren(paragraph);
      host.replaceChildren(given, caret);
    },
    resume() {
      unfinished = [];
      (list.isConnected ? paragraph : host).append(caret);
    },
    add(token) {
      tokens += 1;
      unfinished.push(token);
      if (token.text === "") return;
      const piece = pieceOf(unfinished);
      unfinished = [];
      const shown = pieceElement(piece);
      if (pieces.size > 0 && text.endsWith("\n")) {
        // A block of its own after a line break: what is before it is laid out no more.
        paragraph = element("span", { class: "paragraph" });
        list.append(paragraph);
      }
      text += piece.text;
      // One stop for the Tab key: the first token, until another one is asked.
      if (pieces.size === 0) {
        shown.tabIndex = 0;
        host.append(list);
      }
      pieces.set(shown, piece);
      paragraph.append(shown, caret);
    },
    end(whole = text) {
      caret.remove();
      if (whole.length <= text.length || !whole.startsWith(text)) return;
      (list.isConnected ? paragraph : host).append(whole.slice(text.length));
      text = whole;
    },
    pieceAt(target) {
      const shown = target instanceof Element ? target.closest(".t") : null;
      const piece = shown ? pieces.get(shown) : undefined;
      return piece && shown instanceof HTMLElement ? { piece, element: shown } : undefined;
    },
  };
}

/**
 * One piece as an option of the list, its surprise as the share of amber `--s`. The space before a word stays out of
 * the amber: it hangs over the end of a line when the word moves to the next.
 */
function pieceElement(piece: Piece): HTMLElement {
  const breaks = piece.text.includes("\n");
  const [, space = "", word = ""] = /^( ?)(.*)$/s.exec(piece.text) ?? [];
  return element(
    "span",
    {
      class: breaks ? "t break" : "t",
      role: "option",
      tabindex: -1,
      "aria-selected": "false",
      "aria-label": piece.text.trim() === "" ? (breaks ? "line break" : "space") : undefined,
      "--s": amberOf(piece.bits).toFixed(2),
    },
    ...(word === "" ? [element("mark", {}, space)] : [space, element("mark", {}, word)]),
  );
}
