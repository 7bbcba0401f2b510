import { element } from "../dom";

type Content = Node | string;

/** A table: its columns' heads, and rows whose first cell is their head. */
export function table(heads: readonly Content[], rows: readonly (readonly Content[])[]): HTMLElement {
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...heads.map(columnHead))),
    element(
      "tbody",
      {},
      ...rows.map(([head = "", ...cells]) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, head),
          ...cells.map((cell) => element("td", { class: "num" }, cell)),
        ),
      ),
    ),
  );
}

function columnHead(head: Content): HTMLElement {
  return head === "" ? element("td") : element("th", { scope: "col" }, head);
}

/** A share as a number with a bar under it. */
export function shareCell(share: number, words: string): HTMLElement {
  return element("div", {}, words, element("span", { class: "track" }, element("i", { "--p": share.toFixed(4) })));
}
