import { expect, test } from "vitest";
import { type GenerateOptions, type GPT, loadModel } from "../../src/index";
import { combine } from "../../worker/tokenizer/combine";
import { createTokenizer } from "../../worker/tokenizer/tokenizer";
import { fixed, script } from "../helpers/checkpoints";
import { gpt2 } from "../tokenizer/vocabularies";

const plain = { format: "f32", tokenizer: "huggingface" } as const;
const greedy = { temperature: 0, stopTokens: [] } as const;
const tokenizer = combine(gpt2) as Record<string, unknown>;
/** The size of GPT-2's vocabulary, padded to a multiple of 128. */
const PADDED = 50304;

const TEXTS = ["y is ?", " ?", "x != y , I 'm", "\uFEFFhi"];

/** The streamed text: it is the result's, and the decode of the result's ids. */
async function streamed(gpt: GPT, prompt: number[], options: GenerateOptions): Promise<string> {
  const run = gpt.generate(prompt, options);
  let text = "";
  for await (const piece of run) text += piece;
  const result = await run;
  expect(result.text).toBe(text);
  expect(await gpt.decode(result.ids)).toBe(text);
  return text;
}

test("spaces before punctuation and a byte-order mark come back, all at once and streamed", async () => {
  const { encode } = await createTokenizer(gpt2, "huggingface");
  const ids = TEXTS.map((text) => [...encode(text)]);
  expect([ids[0], ids[3]]).toEqual([
    [88, 318, 5633],
    [171, 119, 123, 5303],
  ]);
  using gpt = await loadModel({ ...script(ids.flat(), PADDED), tokenizer }, plain);
  const read = [0];
  for (const [i, text] of TEXTS.entries()) {
    expect(await gpt.decode(await gpt.encode(text))).toBe(text);
    expect(await streamed(gpt, read, { ...greedy, maxNewTokens: ids[i]?.length ?? 0 })).toBe(text);
    read.push(...(ids[i] ?? []));
  }
});

test("also where the folder's tokenizer_config.json asks to clean them up", async () => {
  const config = { clean_up_tokenization_spaces: true };
  const json = encodeURIComponent(JSON.stringify(config));
  const folder = `/faults/fault=json&file=tokenizer_config.json&json=${json}/relu40`;
  expect(await (await fetch(`${folder}/tokenizer_config.json`)).json()).toEqual(config);
  using gpt = await loadModel(folder, plain);
  for (const text of TEXTS) {
    expect(await gpt.decode(await gpt.encode(text))).toBe(text);
    expect(await streamed(gpt, [3], { seed: 1, constraint: { regex: text.replace("?", "\\?") } })).toBe(text);
  }
});

test("GPT-2's tokenizer goes with a padded vocabulary, whose other ids are written as no text", async () => {
  const logits = Array.from({ length: PADDED }, (_, id) => (id === 50302 ? 9 : id === 64 ? 8 : 0));
  using gpt = await loadModel({ ...fixed(logits), tokenizer }, plain);
  expect(gpt.config.vocabSize).toBe(PADDED);
  expect(await gpt.generate("a", { ...greedy, maxNewTokens: 3 })).toMatchObject({
    text: "",
    ids: Array(3).fill(50302),
  });
  expect(await streamed(gpt, [64], { seed: 1, topK: 2, maxNewTokens: 40 })).toMatch(/^a{1,39}$/);
});
