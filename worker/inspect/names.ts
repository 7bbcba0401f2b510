import type { GPTConfig } from "../model/config";
import { distance } from "../sampling/nearest";
import { show } from "../values";

/**
 * An axis of an activation: T positions, S positions seen (in a trace the T of the prompt), those of the T that a
 * router gave to an expert, or a size of the configuration.
 */
export type Axis = "T" | "S" | "chosen" | "nHeads" | "headDim" | "embDim" | "innerDim" | "experts" | "1";

/** One line of THE LIST: `N` stands for a layer, `E` for an expert. */
export interface HookRow {
  name: string;
  shape: readonly Axis[];
  what: string;
  /** Which configurations have it; all, where nothing is said. */
  exists?: (config: GPTConfig) => boolean;
  /** Computed beside the pass: what follows does not read it, so changing it would change nothing. */
  readOnly?: true;
  /** What stands where a position can't see another yet; for maps `[nHeads, T, S]`. */
  masked?: number;
}

const blocks = ({ dummy }: GPTConfig) => !dummy;
const oneFeedForward = ({ dummy, experts }: GPTConfig) => !dummy && !experts;
const severalExperts = ({ dummy, experts }: GPTConfig) => !dummy && experts !== undefined;

/**
 * THE LIST of activations, in the order of the pass. Names are TransformerLens's without `hook_`
 * (https://transformerlensorg.github.io/TransformerLens), values raw: nothing is folded or centred.
 */
export const HOOKS: readonly HookRow[] = [
  { name: "embed", shape: ["T", "embDim"], what: "the tokens' rows of the embedding" },
  { name: "pos_embed", shape: ["T", "embDim"], what: "the positions' rows" },
  { name: "blocks.N.resid_pre", shape: ["T", "embDim"], what: "the residual stream as it enters the block" },
  {
    name: "blocks.N.ln1.scale",
    shape: ["T", "1"],
    what: "what the first norm divides by",
    exists: blocks,
    readOnly: true,
  },
  {
    name: "blocks.N.ln1.normalized",
    shape: ["T", "embDim"],
    what: "normalised, before scale and shift",
    exists: blocks,
  },
  { name: "blocks.N.attn.q", shape: ["T", "nHeads", "headDim"], what: "queries", exists: blocks },
  { name: "blocks.N.attn.k", shape: ["T", "nHeads", "headDim"], what: "keys", exists: blocks },
  { name: "blocks.N.attn.v", shape: ["T", "nHeads", "headDim"], what: "values", exists: blocks },
  {
    name: "blocks.N.attn.scores",
    shape: ["nHeads", "T", "S"],
    what: "q·k / √headDim, −∞ for later positions",
    exists: blocks,
    masked: Number.NEGATIVE_INFINITY,
  },
  {
    name: "blocks.N.attn.pattern",
    shape: ["nHeads", "T", "S"],
    what: "softmax of the scores: how much each position looks at each",
    exists: blocks,
    masked: 0,
  },
  {
    name: "blocks.N.attn.z",
    shape: ["T", "nHeads", "headDim"],
    what: "the values, mixed by the pattern",
    exists: blocks,
  },
  { name: "blocks.N.attn_out", shape: ["T", "embDim"], what: "what attention adds to the stream", exists: blocks },
  { name: "blocks.N.resid_mid", shape: ["T", "embDim"], what: "the stream after attention", exists: blocks },
  {
    name: "blocks.N.ln2.scale",
    shape: ["T", "1"],
    what: "what the second norm divides by",
    exists: blocks,
    readOnly: true,
  },
  {
    name: "blocks.N.ln2.normalized",
    shape: ["T", "embDim"],
    what: "normalised, before scale and shift",
    exists: blocks,
  },
  {
    name: "blocks.N.mlp.pre",
    shape: ["T", "innerDim"],
    what: "before the activation (SwiGLU: the gate)",
    exists: oneFeedForward,
  },
  {
    name: "blocks.N.mlp.post",
    shape: ["T", "innerDim"],
    what: "after the activation: the neurons",
    exists: oneFeedForward,
  },
  {
    name: "blocks.N.mlp.router",
    shape: ["T", "experts"],
    what: "the router's score of each expert",
    exists: severalExperts,
  },
  {
    name: "blocks.N.mlp.shares",
    shape: ["T", "experts"],
    what: "each expert's share, 0 where not chosen",
    exists: severalExperts,
  },
  {
    name: "blocks.N.mlp.experts.E.pre",
    shape: ["chosen", "innerDim"],
    what: "as mlp.pre, of one expert",
    exists: severalExperts,
  },
  {
    name: "blocks.N.mlp.experts.E.post",
    shape: ["chosen", "innerDim"],
    what: "as mlp.post, of one expert",
    exists: severalExperts,
  },
  {
    name: "blocks.N.mlp_out",
    shape: ["T", "embDim"],
    what: "what the feed-forward adds to the stream",
    exists: blocks,
  },
  { name: "blocks.N.resid_post", shape: ["T", "embDim"], what: "the stream as it leaves the block" },
  { name: "ln_final.scale", shape: ["T", "1"], what: "what the final norm divides by", exists: blocks, readOnly: true },
  { name: "ln_final.normalized", shape: ["T", "embDim"], what: "normalised, before scale and shift", exists: blocks },
];

/** Every name that a configuration has → its line of THE LIST, in the order of the pass. */
export function hookNames(config: GPTConfig): ReadonlyMap<string, HookRow> {
  const isInBlock = ({ name }: HookRow) => name.startsWith("blocks.");
  const rows = HOOKS.filter(({ exists }) => exists?.(config) ?? true);
  const first = rows.findIndex(isInBlock);
  const inBlock = rows.filter(isInBlock);
  const layers = Array.from({ length: config.nLayers }, (_, n) => inBlock.flatMap((row) => named(row, n, config)));
  const outside = (list: readonly HookRow[]) =>
    list.filter((row) => !isInBlock(row)).map((row): [string, HookRow] => [row.name, row]);
  return new Map([...outside(rows.slice(0, first)), ...layers.flat(), ...outside(rows.slice(first))]);
}

/** The residual stream between blocks: before the first, then after each. */
export function streamHooks(nLayers: number): string[] {
  const after = Array.from({ length: nLayers }, (_, n) => `blocks.${n}.resid_post`);
  return nLayers > 0 ? ["blocks.0.resid_pre", ...after] : [];
}

function named(row: HookRow, layer: number, { experts }: GPTConfig): [string, HookRow][] {
  const name = row.name.replace("N", String(layer));
  if (!name.includes(".E.")) return [[name, row]];
  return Array.from({ length: experts?.count ?? 0 }, (_, e) => [name.replace("E", String(e)), row]);
}

/** The size of each axis of an activation, of `T` rows that see `S` positions. */
export function shapeOf(row: HookRow, config: GPTConfig, T: number, S: number): number[] {
  const { embDim, nHeads, innerDim, experts } = config;
  const headDim = embDim / nHeads;
  const sizes: Record<Axis, number> = {
    ...{ T, S, chosen: T, nHeads, headDim, embDim, innerDim },
    experts: experts?.count ?? 0,
    1: 1,
  };
  return row.shape.map((axis) => sizes[axis]);
}

/** The axis of an activation that counts positions. */
export function rowAxisOf({ shape }: HookRow): number {
  return shape.findIndex((axis) => axis === "T" || axis === "chosen");
}

/**
 * The names that `wanted` asks for: names, patterns in which `*` stands for anything, or `true` for all.
 * Throws a `TypeError` that says what exists near a name that does not.
 */
export function selectHooks(wanted: unknown, config: GPTConfig): ReadonlyMap<string, HookRow> {
  const all = hookNames(config);
  if (wanted === true) return all;
  if (!Array.isArray(wanted)) {
    throw new TypeError(`hooks: found ${show(wanted)}; allowed: true, or an array of names and patterns`);
  }
  const chosen = new Set(wanted.flatMap((pattern) => matching(pattern, all)));
  return new Map([...all].filter(([name]) => chosen.has(name)));
}

/** One name's line of THE LIST. Throws as `selectHooks` does. */
export function hookRow(name: unknown, config: GPTConfig): HookRow {
  const all = hookNames(config);
  const row = typeof name === "string" ? all.get(name) : undefined;
  if (!row) throw unknown(name, [...all.keys()]);
  return row;
}

function matching(pattern: unknown, all: ReadonlyMap<string, HookRow>): string[] {
  const names = [...all.keys()];
  const parts = typeof pattern === "string" ? pattern.split(/\*+/).map(escapeRegExp) : [];
  const matcher = new RegExp(`^${parts.join(".*")}$`);
  const found = parts.length > 0 ? names.filter((name) => matcher.test(name)) : [];
  if (found.length === 0) throw unknown(pattern, names);
  return found;
}

function unknown(name: unknown, names: readonly string[]): TypeError {
  const asked = String(name);
  const near = names
    .map((known) => ({ known, far: distance(asked, known) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, 4);
  return new TypeError(
    `This model has no activation ${show(name)}; near it are ${near.map(({ known }) => known).join(", ")}. docs/hooks.md lists them all.`,
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}
