/** How a file tensor becomes ours: as it is, or a matrix product's weight, which Conv1D stores [in, out]. */
export type Layout = "as-is" | "linear";

/** One row of the table. `N` in a name stands for the block's number. */
export interface NameRule {
  theirs: string;
  /** Our parameters side by side in it, equally wide. */
  ours: readonly string[];
  layout: Layout;
}

/** THE TABLE: their names → ours, GPT-2's and nanoGPT's. A name that is ours already (the book's) needs no row. */
export const NAME_RULES: readonly NameRule[] = [
  rule("wte.weight", "tok_emb.weight"),
  rule("wpe.weight", "pos_emb.weight"),
  rule("h.N.ln_1.weight", "trf_blocks.N.norm1.scale"),
  rule("h.N.ln_1.bias", "trf_blocks.N.norm1.shift"),
  linear("h.N.attn.c_attn", "trf_blocks.N.att.W_query", "trf_blocks.N.att.W_key", "trf_blocks.N.att.W_value"),
  linear("h.N.attn.c_proj", "trf_blocks.N.att.out_proj"),
  rule("h.N.ln_2.weight", "trf_blocks.N.norm2.scale"),
  rule("h.N.ln_2.bias", "trf_blocks.N.norm2.shift"),
  linear("h.N.mlp.c_fc", "trf_blocks.N.ff.layers.0"),
  linear("h.N.mlp.c_proj", "trf_blocks.N.ff.layers.2"),
  rule("ln_f.weight", "final_norm.scale"),
  rule("ln_f.bias", "final_norm.shift"),
  rule("lm_head.weight", "out_head.weight"),
].flat();

function rule(theirs: string, ours: string): NameRule {
  return { theirs, ours: [ours], layout: "as-is" };
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
const OURS = /^(?:h|trf_blocks)\.|^(?:wte|wpe|ln_f|lm_head|tok_emb|pos_emb|final_norm|out_head)\./;

/** A file tensor's name without what wrappers put before it. */
export function bareName(name: string): string {
  return name.replace(PREFIXES, "");
}

/** Why a tensor is left in the file, or `undefined` when it has to be understood. Takes the bare name. */
export function reasonToSkip(bare: string): string | undefined {
  if (BUFFERS.test(bare)) return "a mask, not a parameter";
  return OURS.test(bare) ? undefined : "not a part of the language model";
}

/** The rule for a bare name, with the block's number filled in; a name of ours stands for itself. */
export function ruleFor(bare: string): NameRule {
  const block = /^h\.(\d+)\./.exec(bare)?.[1] ?? "";
  const found = RULES_BY_NAME.get(block === "" ? bare : bare.replace(/^h\.\d+\./, "h.N."));
  if (!found) return { theirs: bare, ours: [bare], layout: "as-is" };
  return { ...found, theirs: bare, ours: found.ours.map((name) => name.replace(".N.", `.${block}.`)) };
}

/** What GPT-2's files call one of our parameters, for messages. */
export function theirName(parameter: string): string {
  const block = /^trf_blocks\.(\d+)\./.exec(parameter)?.[1] ?? "";
  const general = parameter.replace(/^trf_blocks\.\d+\./, "trf_blocks.N.");
  const found = NAME_RULES.find(({ ours }) => ours.includes(general));
  return found ? found.theirs.replace(".N.", `.${block}.`) : parameter;
}

const RULES_BY_NAME = new Map(NAME_RULES.map((each) => [each.theirs, each]));
