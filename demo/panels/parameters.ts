import type { ParameterNode } from "../../src/index";
import { element } from "../dom";
import { type Numbers, numbersIn } from "../numbers";

/** How the tree speaks. */
export interface TreeWords {
  numbers: Pick<Numbers, "count" | "bytes">;
  /** Of a tensor that reads another one's memory, by name. */
  same(name: string): string;
}

const ENGLISH: TreeWords = { numbers: numbersIn("en"), same: (name) => `same as ${name}` };

/** The model as a tree of modules and tensors, each with its shape, count and bytes; modules open and close. */
export function parameters(root: ParameterNode, words: TreeWords = ENGLISH): HTMLElement {
  return element("ul", { class: "tree" }, item(root, root.count, true, words));
}

function item(given: ParameterNode, total: number, open: boolean, words: TreeWords): HTMLElement {
  const node = withoutSteps(given);
  const share = { class: "row", "--part": (total > 0 ? node.count / total : 0).toFixed(4) };
  const { children = [] } = node;
  if (children.length === 0) return element("li", {}, element("div", share, ...cells(node, words)));
  return element(
    "li",
    {},
    element(
      "details",
      { open },
      element("summary", share, ...cells(node, words)),
      element("ul", {}, ...children.map((child) => item(child, total, false, words))),
    ),
  );
}

/** A module that holds nothing but one tensor is that tensor. */
function withoutSteps(node: ParameterNode): ParameterNode {
  const [only, ...others] = node.children ?? [];
  return only && others.length === 0 ? withoutSteps({ ...only, name: `${node.name}.${only.name}` }) : node;
}

function cells({ name, shape, format, count, bytes, sharedWith }: ParameterNode, { numbers, same }: TreeWords): Node[] {
  const shapeText = shape ? shape.join(" × ") : "";
  return [
    element("span", { class: "name" }, name),
    element("span", { class: "num soft shape" }, [shapeText, format ?? ""].filter((part) => part !== "").join(" · ")),
    sharedWith
      ? element("span", { class: "soft same" }, same(sharedWith))
      : element("span", { class: "num" }, numbers.count(count)),
    element("span", { class: "num soft" }, sharedWith ? "" : numbers.bytes(bytes)),
  ];
}
