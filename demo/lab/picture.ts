import { element, marked } from "../dom";

/** A figure of a panel: drawn as wide as its place is, and again when that changes. */
export interface Picture {
  readonly element: HTMLElement;
  /** What is seen, in words; backticks set a word as code. */
  caption(text: string): void;
  /**
   * Draws anew. `paint` makes the drawing for a width in CSS pixels; `alternative` says what it shows, with the numbers
   * that matter, to those who don't see it.
   */
  draw(paint: (width: number) => Element, alternative: string): void;
}

export function picture(): Picture {
  const caption = element("figcaption");
  const place = element("div", { class: "drawing" });
  const made = element("figure", {}, caption, place);
  let paint: ((width: number) => Element) | undefined;
  let painted = 0;

  const repaint = () => {
    painted = place.clientWidth;
    if (paint && painted > 0) place.replaceChildren(paint(painted));
  };
  new ResizeObserver(() => {
    // In the next frame: a drawing that changes the height would have the observer look again in this one.
    if (place.clientWidth !== painted) requestAnimationFrame(repaint);
  }).observe(place);

  return {
    element: made,
    caption: (text) => caption.replaceChildren(...marked(text)),
    draw(next, alternative) {
      paint = next;
      place.role = "img";
      place.ariaLabel = alternative;
      repaint();
    },
  };
}
