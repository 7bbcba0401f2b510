import { element } from "../dom";

/** A sentence whose tokens can be asked: by pointer, by tap, and by the arrow keys, which move one focus along it. */
export interface TokenRow {
  readonly element: HTMLElement;
  /** Shows these tokens; of new ones the last is chosen. */
  show(tokens: readonly string[]): void;
  /** The token that is asked. */
  readonly chosen: number;
  /** Gives each token its share of amber, 0 to 1. */
  shade(shares: ArrayLike<number>): void;
}

const STEPS: Record<string, (at: number, last: number) => number> = {
  ArrowLeft: (at) => Math.max(0, at - 1),
  ArrowRight: (at, last) => Math.min(last, at + 1),
  Home: () => 0,
  End: (_, last) => last,
};

/** An empty row; `asked` hears when another token is asked. */
export function tokenRow(label: string, asked: () => void): TokenRow {
  const row = element("div", {
    class: "token-row",
    role: "listbox",
    "aria-label": label,
    "aria-orientation": "horizontal",
  });
  let options: HTMLElement[] = [];
  let chosen = -1;

  const choose = (next: number) => {
    if (next === chosen || next < 0) return;
    chosen = next;
    mark();
    asked();
  };
  const mark = () => {
    for (const [i, option] of options.entries()) {
      option.tabIndex = i === chosen ? 0 : -1;
      option.setAttribute("aria-selected", String(i === chosen));
    }
  };
  const place = (target: EventTarget | null) =>
    options.findIndex((option) => target instanceof Node && option.contains(target));

  row.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") choose(place(event.target));
  });
  row.addEventListener("focusin", (event) => choose(place(event.target)));
  row.addEventListener("click", (event) => options[place(event.target)]?.focus());
  row.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    options[step(chosen, options.length - 1)]?.focus();
  });

  return {
    element: row,
    get chosen() {
      return chosen;
    },
    show(tokens) {
      if (tokens.length === options.length && tokens.every((token, i) => options[i]?.textContent === token)) return;
      options = tokens.map((token) => element("span", { role: "option" }, token));
      chosen = tokens.length - 1;
      row.replaceChildren(...options);
      mark();
    },
    shade(shares) {
      for (const [i, option] of options.entries()) option.style.setProperty("--s", (shares[i] ?? 0).toFixed(3));
    },
  };
}
