import type { GPTConfig } from "../model/config";
import { isObject, isWhole, show } from "../values";
import { hookRow, rowAxisOf } from "./names";

/**
 * A part of the model: any activation by its name (docs/hooks.md); a head (its `z`), a neuron (its `mlp.post`; with
 * experts, of one of them), or what a layer adds to the stream.
 */
export type Target = string | HeadTarget | NeuronTarget | LayerTarget;

export interface LayerTarget {
  layer: number;
}

export interface HeadTarget extends LayerTarget {
  head: number;
}

export interface NeuronTarget extends LayerTarget {
  neuron: number;
  expert?: number;
}

/** An activation, or the values `begin` to `end` of each position's. */
export interface Part {
  hook: string;
  begin: number;
  end: number;
  /** The axis that counts positions. */
  rowAxis: number;
}

/** The activations that a target means. Throws a `TypeError` for what this model does not have. */
export function targets(target: Target, config: GPTConfig): Part[] {
  if (typeof target === "string") {
    if (hookRow(target, config).readOnly)
      throw new TypeError(`${target} can only be read: nothing is computed from it. Change the activation before it.`);
    return [part(target, config)];
  }
  const { nLayers, nHeads, embDim, innerDim, experts } = config;
  const known = ["layer", "head", "neuron", "expert"];
  if (!isObject(target))
    throw new TypeError(
      `A target is ${show(target)}; allowed: the name of an activation, or an object of ${known.join(", ")}`,
    );
  const asked: Partial<HeadTarget & NeuronTarget> = target;
  const unknown = Object.keys(asked).find((key) => !known.includes(key));
  if (unknown) throw new TypeError(`${unknown} is not part of a target; it has ${known.join(", ")}`);
  const layer = checkedIndex("layer", asked.layer, nLayers);
  const { head, neuron, expert } = asked;
  if (head !== undefined && neuron !== undefined) throw new TypeError("A target has a head or a neuron, not both.");
  if (expert !== undefined && neuron === undefined)
    throw new TypeError(`expert: found ${show(expert)} without a neuron; allowed: { layer, expert, neuron }`);
  if (head !== undefined) {
    const headDim = embDim / nHeads;
    const begin = checkedIndex("head", head, nHeads) * headDim;
    return [part(`blocks.${layer}.attn.z`, config, begin, begin + headDim)];
  }
  if (neuron !== undefined) {
    const begin = checkedIndex("neuron", neuron, innerDim);
    const owner = experts ? `mlp.experts.${checkedIndex("expert", expert, experts.count)}` : "mlp";
    if (!experts && expert !== undefined) throw new TypeError(`expert: found ${expert}; this model has no experts`);
    return [part(`blocks.${layer}.${owner}.post`, config, begin, begin + 1)];
  }
  return ["attn_out", "mlp_out"].map((name) => part(`blocks.${layer}.${name}`, config));
}

/** All of an activation, or the values `begin` to `end` of each position's. Throws a `TypeError` where there is none. */
export function part(hook: string, config: GPTConfig, begin = 0, end = Number.POSITIVE_INFINITY): Part {
  return { hook, begin, end, rowAxis: rowAxisOf(hookRow(hook, config)) };
}

function checkedIndex(name: string, index: unknown, count: number): number {
  if (isWhole(index, 0, count - 1)) return index;
  throw new TypeError(`${name}: found ${show(index)}; allowed: a whole number from 0 to ${count - 1}`);
}
