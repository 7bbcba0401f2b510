export type Child = Node | string;

/** Makes an element; attributes that are `undefined` or `false` are left out, `true` is the empty attribute. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number | boolean | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("--")) made.style.setProperty(name, String(value));
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** A text in which backticks set a word as code. */
export function marked(text: string): Child[] {
  return text.split("`").map((part, i) => (i % 2 === 1 ? element("code", {}, part) : part));
}

/** The element that the page cannot do without. */
export function find<T extends Element>(root: ParentNode, selector: string, type: new () => T): T {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} at ${selector}.`);
  return found;
}

/** Calls `paint` at most once in `everyMs`, and once more after the last request, so that numbers stay readable. */
export function paced(paint: () => void, everyMs = 100): () => void {
  let last = Number.NEGATIVE_INFINITY;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return () => {
    if (waiting !== undefined) return;
    const run = () => {
      waiting = undefined;
      last = performance.now();
      paint();
    };
    const wait = last + everyMs - performance.now();
    if (wait <= 0) run();
    else waiting = setTimeout(run, wait);
  };
}
