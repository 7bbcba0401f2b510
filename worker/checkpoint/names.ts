import type { FileHeader } from "./types";

/** How a file tensor becomes ours: as it is, or a matrix product's weight, which Conv1D stores [in, out]. */
export type Layout = "as-is" | "linear";

/** One row of the table. `N` in a name stands for the block's number. */
export interface NameRule {
  theirs: string;
  /** Our parameters side by side in it, equally wide. */
  ours: readonly string[];
  layout: Layout;
}

/** THE TABLE: their names → ours. A name that is ours already (the book's) needs no row. */
export const NAME_RULES: Readonly<Record<FileHeader["names"], readonly NameRule[]>> = {
  /** GPT-2's on the hub and nanoGPT's. */
  hub: [
    rule("wte.weight", "tok_emb.weight"),
    rule("wpe.weight", "pos_emb.weight"),
    norm("h.N.ln_1", "trf_blocks.N.norm1"),
    linear("h.N.attn.c_attn", "trf_blocks.N.att.W_query", "trf_blocks.N.att.W_key", "trf_blocks.N.att.W_value"),
    linear("h.N.attn.c_proj", "trf_blocks.N.att.out_proj"),
    norm("h.N.ln_2", "trf_blocks.N.norm2"),
    linear("h.N.mlp.c_fc", "trf_blocks.N.ff.layers.0"),
    linear("h.N.mlp.c_proj", "trf_blocks.N.ff.layers.2"),
    norm("ln_f", "final_norm"),
    rule("lm_head.weight", "out_head.weight"),
  ].flat(),
  /** llama.cpp's for the architecture gpt2 (gguf-py, constants.py); [out, in] always. */
  gguf: [
    rule("token_embd.weight", "tok_emb.weight"),
    rule("position_embd.weight", "pos_emb.weight"),
    norm("blk.N.attn_norm", "trf_blocks.N.norm1"),
    linear("blk.N.attn_qkv", "trf_blocks.N.att.W_query", "trf_blocks.N.att.W_key", "trf_blocks.N.att.W_value"),
    linear("blk.N.attn_output", "trf_blocks.N.att.out_proj"),
    norm("blk.N.ffn_norm", "trf_blocks.N.norm2"),
    linear("blk.N.ffn_up", "trf_blocks.N.ff.layers.0"),
    linear("blk.N.ffn_down", "trf_blocks.N.ff.layers.2"),
    norm("output_norm", "final_norm"),
    rule("output.weight", "out_head.weight"),
  ].flat(),
};

function rule(theirs: string, ours: string): NameRule {
  return { theirs, ours: [ours], layout: "as-is" };
}

function norm(theirs: string, ours: string): NameRule[] {
  return [rule(`${theirs}.weight`, `${ours}.scale`), rule(`${theirs}.bias`, `${ours}.shift`)];
}

function linear(theirs: string, ...ours: string[]): NameRule[] {
  return [
    { theirs: `${theirs}.weight`, ours: ours.map((name) => `${name}.weight`), layout: "linear" },
    { theirs: `${theirs}.bias`, ours: ours.map((name) => `${name}.bias`), layout: "as-is" },
  ];
}

/** What wrappers put before a name: transformers' head models, torch.compile, data parallel, a `model` attribute. */
const PREFIXES = /^(?:(?:_orig_mod|module|model|transformer)\.)+/;

/** Buffers that are no parameters: the causal mask and its filling. */
const BUFFERS = /^(?:h|trf_blocks)\.\d+\.att(?:n\.(?:masked_)?bias|\.mask)$/;

/** Where a model's parameters live. A name outside (a reward head, say) belongs to something else. */
const OURS =
  /^(?:h|blk|trf_blocks|wte|wpe|ln_f|lm_head|token_embd|position_embd|output|output_norm|tok_emb|pos_emb|final_norm|out_head)\./;

/** All that transformers' head models keep there is the language model. */
const INSIDE = /^(?:(?:_orig_mod|module|model)\.)*transformer\./;

/** A file tensor's name without what wrappers put before it. */
export function bareName(name: string): string {
  return name.replace(PREFIXES, "");
}

/** Whether a tensor is left in the file: no parameter, or not the language model's. */
export function isSkipped(name: string): boolean {
  return isBuffer(name) || !(OURS.test(bareName(name)) || INSIDE.test(name));
}

/** Whether a tensor is a mask. */
export function isBuffer(name: string): boolean {
  return BUFFERS.test(bareName(name));
}

/** The rule for a bare name, with the block's number filled in; a name of ours stands for itself. */
export function ruleFor(bare: string): NameRule {
  const block = BLOCK.exec(bare)?.[2] ?? "";
  const found = RULES_BY_NAME.get(bare.replace(BLOCK, "$1.N."));
  if (!found) return { theirs: bare, ours: [bare], layout: "as-is" };
  return { ...found, theirs: bare, ours: found.ours.map((name) => name.replace(".N.", `.${block}.`)) };
}

/** A block's module and number at a name's beginning. */
export const BLOCK = /^(h|blk|trf_blocks)\.(\d+)\./;

const RULES_BY_NAME = new Map([...NAME_RULES.hub, ...NAME_RULES.gguf].map((each) => [each.theirs, each]));
