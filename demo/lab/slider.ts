import { element } from "../dom";
import type { Numbers } from "../numbers";

/** A number that the reader turns. */
export interface Slider {
  readonly element: HTMLElement;
  readonly value: number;
}

/** What a slider can be turned to, and where it begins. */
export interface SliderRange {
  min: number;
  max: number;
  step: number;
  first: number;
}

/** A labelled range; `moving` hears every step of a movement, `moved` its end. */
export function slider(
  label: string,
  { first, ...range }: SliderRange,
  numbers: Numbers,
  { moving, moved }: { moving(): void; moved(): void },
): Slider {
  const input = element("input", { type: "range", ...range, value: first });
  const shown = element("span", { class: "num", "aria-hidden": "true" });
  const show = () => {
    const text = numbers.fixed(input.valueAsNumber, 1);
    shown.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  show();
  input.addEventListener("input", () => {
    show();
    moving();
  });
  input.addEventListener("change", moved);
  return {
    element: element("label", { class: "slider" }, label, input, shown),
    get value() {
      return input.valueAsNumber;
    },
  };
}
