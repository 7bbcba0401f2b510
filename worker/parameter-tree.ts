import { matrixBytes } from "./formats";
import { parameters } from "./model/parameters";
import type { Place, Weights } from "./model/weights";
import type { ParameterNode } from "./protocol";
import { elementsOf } from "./shape";

/** The parameters as a tree, module → tensor; a tied head is listed under the embedding's memory and counts nothing. */
export function parameterTree(weights: Weights): ParameterNode {
  const root: ParameterNode = { name: "model", count: 0, bytes: 0, children: [] };
  for (const { name, shape } of parameters(weights.config)) {
    const count = elementsOf(shape);
    const place = weights.place(name);
    const bytes = place.kind === "plain" ? 4 * count : storedBytes(place, shape);
    insert(root, name.split("."), {
      name,
      shape,
      count,
      bytes,
      format: place.kind === "plain" ? "f32" : place.matrix.format.name,
    });
  }
  if (weights.config.tied) {
    const { vocabSize, embDim } = weights.config;
    const shared = {
      name: "out_head.weight",
      shape: [vocabSize, embDim],
      count: 0,
      bytes: 0,
      sharedWith: "tok_emb.weight",
    };
    insert(root, ["out_head", "weight"], shared);
  }
  return root;
}

function storedBytes(place: Place & { kind: "matrix" }, shape: readonly number[]): number {
  const [outs = 1, inputs = 1] = shape;
  return matrixBytes(place.matrix.format, outs, inputs);
}

function insert(parent: ParameterNode, path: readonly string[], leaf: ParameterNode): void {
  parent.count += leaf.count;
  parent.bytes += leaf.bytes;
  const [head = "", ...rest] = path;
  parent.children ??= [];
  if (rest.length === 0) {
    parent.children.push({ ...leaf, name: head });
    return;
  }
  let child = parent.children.find(({ name }) => name === head);
  if (!child) {
    child = { name: head, count: 0, bytes: 0, children: [] };
    parent.children.push(child);
  }
  insert(child, rest, leaf);
}
