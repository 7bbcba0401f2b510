/** A line of THE LIST, as far as the page shows it. */
interface Row {
  name: string;
  shape: readonly string[];
  what: string;
  readOnly?: true;
}

const HEAD = `# Activations by name

Written from worker/inspect/names.ts by \`npm run docs\`; a test holds it to that. \`gpt.trace(prompt, { hooks })\` takes these
names, patterns in which \`*\` stands for anything (\`'blocks.*.attn.pattern'\`), or \`true\` for all. The names are
[TransformerLens](https://transformerlensorg.github.io/TransformerLens/)'s without \`hook_\`, but for \`attn.scores\` (there
\`attn.hook_attn_scores\`), \`mlp.router\` and \`mlp.shares\`. The values are raw: nothing is folded or centred. \`normalized\` is
before scale and shift; in TransformerLens a LayerNorm that is not folded (\`fold_ln=False\`) shows what comes after them.

\`N\` is a layer from 0, \`E\` an expert. T positions of the prompt, S positions seen (in a trace S = T); an expert has rows for
the positions that were given to it, and \`positions\` says which.

| name | shape | what |
|---|---|---|
`;

const FOOT = `
A model without experts has \`mlp.pre\` and \`mlp.post\`, one with experts the router's and the experts' own; the dummy model of
section 4.1 has \`embed\`, \`pos_embed\`, \`resid_pre\` and \`resid_post\`. \`resid_mid\` is \`resid_pre + attn_out\` and \`resid_post\` is
\`resid_mid + mlp_out\`; without shortcuts they are \`attn_out\` and \`mlp_out\` alone.
`;

/** docs/hooks.md. */
export function hooksPage(hooks: readonly Row[]): string {
  const rows = hooks.map(({ name, shape, what }) => `| \`${name}\` | \`[${shape.join(", ")}]\` | ${what} |\n`);
  return [HEAD, ...rows, FOOT].join("");
}
