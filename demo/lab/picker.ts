import { element } from "../dom";

/** A choice of one of so many, counted from 1, or another number, for the reader and from 0 for the model. */
export interface Picker {
  readonly element: HTMLElement;
  readonly value: number;
  /** How many there are in the model at hand; a choice beyond them becomes the last. */
  offer(count: number): void;
}

/** A labelled choice that begins at `first` and tells when it changes. */
export function picker(label: string, first: number, changed: () => void, from = 1): Picker {
  const select = element("select");
  let value = first;
  select.addEventListener("change", () => {
    value = select.selectedIndex;
    changed();
  });
  return {
    element: element("label", { class: "picker" }, label, select),
    get value() {
      return value;
    },
    offer(count) {
      value = Math.min(value, Math.max(0, count - 1));
      if (select.length !== count) {
        select.replaceChildren(...Array.from({ length: count }, (_, i) => element("option", {}, String(from + i))));
      }
      select.selectedIndex = value;
    },
  };
}
