/** A row of the table of options, as far as the page shows it. */
interface Row {
  check: { range(context: { vocabSize: number; contextLength: number; encode: () => [] }): string };
  default: unknown;
}

/** What is noted of an option beside the table. */
interface Note {
  doNothing: unknown;
  acts: string;
  source: string;
}

interface Sources {
  options: Record<string, Row>;
  notes: Record<string, Note>;
  order: readonly string[];
  /** The text of generate-options.ts: its docstrings say what each option does. */
  docstrings: string;
}

const GPT2 = { vocabSize: 50257, contextLength: 1024, encode: (): [] => [] };

const HEAD = `# Options of generate()

Written from the code's own table by \`npm run docs\`; a test holds it to that. Ranges are those of GPT-2's sizes (50,257
tokens, context 1,024). A value out of range, a name that is no option, and options that can't work together throw a
\`TypeError\` that names the option, what was found and what is allowed. \`undefined\` means "not given"; 0 never does.
Two more, \`trace\` and \`interventions\`, look inside: [inspect.md](inspect.md).
`;

const ORDER = `
## The order

The model's scores go through the options in this order, which is transformers' where the two overlap. At temperature 0
the best token is taken (of equal ones the first); otherwise one is drawn from what is left.
`;

const NOTES = `
- \`topP\` and \`typicalP\` count a sum as reached from 2⁻²² of it less on: scores are f32, and 0.2 is half of 0.4.
- Log-probabilities that are reported are the model's own: no option changes them.
- The penalties subtract or divide once a token (\`frequencyPenalty\` once an occurrence). \`repetitionPenalty\` looks at prompt
  and generated text, the other two at generated text only; \`penaltyWindow\` holds for all three.
- Options that forbid tokens could together forbid all. Then, in that step, the weaker give way: the constraint is the
  strongest, then \`allowedTokens\`, \`badWords\`, \`noRepeatNgramSize\`. \`stats\` shows it as \`leftOut\`.
- Top-k, min-p and typical-p keep what ties with the last that they keep, as transformers does; top-p keeps the lower ids.
- A stop token among \`badWords\` is forbidden; transformers passes over it there.
- A text among \`badWords\` is forbidden as the tokenizer cuts it, with and without a space before it; cut otherwise, the same
  letters may still occur.
- Beam search (\`numBeams\` over 1) does not sample: the temperature has to be 1 or 0, and the options after it in the order,
  \`stats\`, \`speculate\` and \`onContextFull: 'slide'\` off. \`lengthPenalty\` and \`earlyStopping\` need beams,
  \`keepPrefix\` needs \`onContextFull: 'slide'\`, \`penaltyWindow\` one of the penalties, \`n\` sequences a temperature
  above 0 or as many beams.
- The same seed gives the same tokens: xoshiro128** (Blackman, Vigna 2018), one number of 53 bits a token; sequence i of n
  starts i × 2⁶⁴ steps further on.
`;

/** What the docstring before a member says, in one line; without the default, which has its own column. */
function does(docstrings: string, name: string): string {
  const [, text = ""] = new RegExp(`/\\*\\* ((?:(?!\\*/)[^])*?) ?\\*/\\n  ${name}\\?:`).exec(docstrings) ?? [];
  const line = text.replace(/\s*\n\s*\* /g, " ");
  const effect = line.slice(line.lastIndexOf("/** ") + 1).replace(/,? ?(the default|Default [^.]*)\.?$/, "");
  return effect.replace(/\|/g, "\\|").replace(/\.?$/, ".");
}

const code = (value: unknown): string => {
  if (value === undefined) return "–";
  if (typeof value === "function") return "see there";
  return `\`${typeof value === "number" ? value : JSON.stringify(value)}\``;
};

/** docs/options.md. */
export function optionsPage({ options, notes, order, docstrings }: Sources): string {
  const names = [...order, ...Object.keys(options).filter((name) => !order.includes(name))];
  const rows = names.flatMap((name) => {
    const row = options[name];
    const note = notes[name];
    if (!row || !note) return [];
    const place = order.includes(name) ? String(order.indexOf(name) + 1) : note.acts;
    const cells = [place, `\`${name}\``, does(docstrings, name), row.check.range(GPT2)];
    return [`| ${[...cells, code(row.default), code(note.doNothing), note.source].join(" | ")} |`];
  });
  const table = [
    "| place | option | effect | range | default | does nothing | source |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ];
  return [HEAD, ...table, ORDER, ...order.map((name, i) => `${i + 1}. \`${name}\``), NOTES].join("\n");
}
