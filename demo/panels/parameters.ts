import type { ParameterNode } from "../../src/index";
import { element } from "../dom";
import { bytes, count } from "../numbers";

/** The model as a tree of modules and tensors, each with its shape, count and bytes; modules open and close. */
export function parameters(root: ParameterNode): HTMLElement {
  return element("ul", { class: "tree" }, item(root, root.count, true));
}

function item(given: ParameterNode, total: number, open: boolean): HTMLElement {
  const node = withoutSteps(given);
  const share = { class: "row", "--part": (total > 0 ? node.count / total : 0).toFixed(4) };
  const { children = [] } = node;
  if (children.length === 0) return element("li", {}, element("div", share, ...cells(node)));
  return element(
    "li",
    {},
    element(
      "details",
      { open },
      element("summary", share, ...cells(node)),
      element("ul", {}, ...children.map((child) => item(child, total, false))),
    ),
  );
}

/** A module that holds nothing but one tensor is that tensor. */
function withoutSteps(node: ParameterNode): ParameterNode {
  const [only, ...others] = node.children ?? [];
  return only && others.length === 0 ? withoutSteps({ ...only, name: `${node.name}.${only.name}` }) : node;
}

function cells({ name, shape, format, count: parameters, bytes: size, sharedWith }: ParameterNode): Node[] {
  const shapeText = shape ? shape.join(" × ") : "";
  return [
    element("span", { class: "name" }, name),
    element("span", { class: "num soft shape" }, [shapeText, format ?? ""].filter((part) => part !== "").join(" · ")),
    sharedWith
      ? element("span", { class: "soft same" }, `same as ${sharedWith}`)
      : element("span", { class: "num" }, count(parameters)),
    element("span", { class: "num soft" }, sharedWith ? "" : bytes(size)),
  ];
}
