import { expect, test } from "vitest";
import { type GenerateOptions, type GPT, loadModel } from "../../src/index";
import { fixed } from "../helpers/checkpoints";
import { listed, writes } from "../helpers/texts";

const greedy = { temperature: 0, stopTokens: [] } as const;
const plain = { format: "f32", tokenizer: "huggingface" } as const;

async function streamed(gpt: GPT, options: GenerateOptions) {
  const run = gpt.generate([33], { ...greedy, maxNewTokens: 4, ...options });
  const pieces: string[] = [];
  for await (const piece of run) pieces.push(piece);
  const result = await run;
  expect(pieces.join("")).toBe(result.text);
  expect(pieces).not.toContain("");
  return result;
}

test.each([1, 2])("stop texts across tokens, numBeams %i: none is sent, nothing else is lost", async (numBeams) => {
  using gpt = await loadModel(writes("ABC", "DEF", "GH", "IJ"), plain);
  const stops: [string | string[], string, string][] = [
    ["DEFGHIJ", "ABC", "stop-text"],
    ["EFGX", "ABCDEFGHIJ", "length"],
    [["HI", "FG"], "ABCDE", "stop-text"],
    [["GHI", "FGH"], "ABCDE", "stop-text"],
    [["BCD", "C"], "AB", "stop-text"],
    ["ABC", "", "stop-text"],
    ["IJ", "ABCDEFGH", "stop-text"],
    ["JK", "ABCDEFGHIJ", "length"],
    [[], "ABCDEFGHIJ", "length"],
  ];
  for (const [stop, text, finishReason] of stops) {
    expect(await streamed(gpt, { stop, numBeams }), JSON.stringify(stop)).toMatchObject({ text, finishReason });
  }
});

test.each([1, 2])("whatever ends a text early, numBeams %i: what was held back is there", async (numBeams) => {
  using gpt = await loadModel(writes("ABC", "DEF", "GH", "IJ"), plain);
  const options = { stop: ["EFGHIJK"], numBeams };
  const text = "ABCDEFGH";
  expect(await streamed(gpt, { ...options, maxNewTokens: 3 })).toMatchObject({ text, finishReason: "length" });
  expect(await streamed(gpt, { ...options, stopTokens: [259] })).toMatchObject({ text, finishReason: "stop-token" });
});

test("each of the end tokens that a checkpoint names ends a text; generation_config.json has the last word", async () => {
  const { config, ...checkpoint } = writes("ABC", "DEF", "GH", "IJ");
  using gpt = await loadModel({ ...checkpoint, config: { ...config, eos_token_id: [258, 259] } }, plain);
  const options = { temperature: 0, maxNewTokens: 4 };
  expect(await gpt.generate([33], options)).toMatchObject({ text: "ABCDEF", finishReason: "stop-token" });
  expect(await gpt.generate([33], { ...options, stopTokens: [259] })).toMatchObject({ text: "ABCDEFGH" });
  expect(await gpt.generate([33], { ...options, stopTokens: [] })).toMatchObject({ text: "ABCDEFGHIJ" });

  const prompt = [3, 1, 4, 1, 5];
  using plainly = await loadModel("/test/golden/relu40/", plain);
  const { ids } = await plainly.generate(prompt, { ...greedy, maxNewTokens: 8 });
  const end = ids.findIndex((id, i) => i > 0 && ids.indexOf(id) === i);
  const generation = encodeURIComponent(JSON.stringify({ eos_token_id: [7777, ids[end]] }));
  using other = await loadModel(`/faults/fault=json&file=generation_config.json&json=${generation}/relu40`, plain);
  expect(await other.generate(prompt, options)).toMatchObject({ ids: ids.slice(0, end), finishReason: "stop-token" });
});

test("zero is a value: no tokens, greedy, seed 0", async () => {
  using gpt = await loadModel(fixed([0, 0.1, 0.2, 0.3, 0.2]), plain);
  const none = gpt.generate([0], { maxNewTokens: 0 });
  for await (const piece of none) expect(piece).toBeUndefined();
  for await (const token of none.tokens()) expect(token).toBeUndefined();
  expect(await none).toMatchObject({ text: "", ids: [], finishReason: "length", usage: { newTokens: 0 } });
  const ids = async (options: GenerateOptions) => (await gpt.generate([0], { maxNewTokens: 40, ...options })).ids;
  expect(await ids({ temperature: 0 })).toEqual(Array(40).fill(3));
  expect(await ids({ topP: 0, seed: 1 })).toEqual(Array(40).fill(3));
  expect(await ids({ seed: 0 })).toEqual(await ids({ seed: 0 }));
  expect(await ids({ seed: 0 })).not.toEqual(await ids({ seed: 1 }));
  expect(await ids({ maxTime: 0 })).toEqual([]);
  for (const seed of [-1, 2 ** 32, 2 ** 53]) await expect(gpt.generate([0], { seed })).rejects.toThrow(/^seed/);
});

test("an id beyond the tokenizer's is written, as no text", async () => {
  const logits = Array.from({ length: 304 }, (_, id) => (id === 302 ? 9 : id === 65 ? 8 : 0));
  using gpt = await loadModel(fixed(logits, 300), plain);
  const run = gpt.generate([1], { ...greedy, maxNewTokens: 3, logprobs: 2 });
  const tokens = await listed(run.tokens());
  expect(tokens.map(({ id, text }) => [id, text])).toEqual(Array(3).fill([302, ""]));
  expect(tokens[0]?.top?.map(({ id, text }) => [id, text])).toEqual([
    [302, ""],
    [65, await gpt.decode([65])],
  ]);
  expect(await run).toMatchObject({ text: "", ids: [302, 302, 302] });
  const sampled = await gpt.generate([1], { seed: 1, maxNewTokens: 50 });
  expect(sampled.text).toBe(await gpt.decode(sampled.ids));
  expect(sampled.ids).toContain(302);
});

test("an empty prompt is refused where the checkpoint names no first token, and taken where it does", async () => {
  using gpt = await loadModel(fixed([0, 1]), plain);
  await expect(gpt.generate("", greedy)).rejects.toThrow(TypeError);
  await expect(gpt.generate([], greedy)).rejects.toThrow(TypeError);
  const checkpoint = fixed([0, 1]);
  using begun = await loadModel({ ...checkpoint, config: { ...checkpoint.config, bos_token_id: 1 } }, plain);
  const { usage } = await begun.generate("", { ...greedy, maxNewTokens: 1 });
  expect(usage.promptTokens).toBe(1);
});

test("ids out of range are refused by name", async () => {
  using gpt = await loadModel(fixed([0, 1]), plain);
  for (const id of [-1, 2, 0.5, Number.NaN]) {
    await expect(gpt.generate([0, id], greedy)).rejects.toThrow(`the id ${id}`);
  }
});
