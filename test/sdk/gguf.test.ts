import { expect, test } from "vitest";
import { type FormatName, loadModel } from "../../src/index";
import { goldenFile, tensorOf } from "../helpers/golden";
import { relativeDistance } from "../helpers/models";

const FILES = ["tied", "untied", "pure", "older"];

test.each(FILES)("%s.gguf computes what transformers computes with its numbers", async (name) => {
  const expected = JSON.parse(new TextDecoder().decode(await goldenFile(`gguf/${name}.json`)));
  const golden = tensorOf(await goldenFile(`gguf/${name}.safetensors`), "logits");
  const source = name === "tied" ? `/test/golden/gguf/${name}.gguf` : new Blob([await goldenFile(`gguf/${name}.gguf`)]);
  const gpt = await loadModel(source, { format: "f32", cacheFormat: "f32", tokenizer: "huggingface" });
  const logits = await gpt.logits(expected.ids);
  let largest = 0;
  golden.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value - (logits[i] ?? Number.NaN)));
  });
  expect(largest).toBeLessThan(2e-4); // logits of magnitude 10, sums of 96: some tens of roundings
  const { ids } = await gpt.generate(expected.prompt, { temperature: 0, stopTokens: [], maxNewTokens: 20 });
  expect(ids).toEqual(expected.greedy);
  gpt.dispose();
});

/** A whole file's logits in a format, in the plain binary: its activations have 2,047 steps. */
async function logitsOf(file: ArrayBuffer, format: FormatName, ids: number[]): Promise<Float32Array> {
  using gpt = await loadModel(new Blob([file]), {
    format,
    cacheFormat: "f32",
    kernels: "simd",
    tokenizer: "huggingface",
  });
  return await gpt.logits(ids);
}

test("a Q8_0 file's blocks are moved as they are: in q8_0 only the activations are rounded", async () => {
  const { ids } = JSON.parse(new TextDecoder().decode(await goldenFile("gguf/tied.json")));
  const golden = tensorOf(await goldenFile("gguf/tied.safetensors"), "logits");
  expect(relativeDistance(await logitsOf(await goldenFile("gguf/tied.gguf"), "q8_0", ids), golden)).toBeLessThan(1e-3);
});

test("a block that q8_0 cannot hold as it is, is packed anew", async () => {
  const { ids } = JSON.parse(new TextDecoder().decode(await goldenFile("gguf/tied.json")));
  const file = (await goldenFile("gguf/tied.gguf")).slice(0);
  const bytes = new Uint8Array(file);
  const plain = await logitsOf(file, "f32", ids);
  const block = 105_952 - 34; // the last one of blk.1.ffn_down.weight
  bytes[block + 1] = (bytes[block + 1] as number) | 0x80; // the scale's sign
  bytes[block + 9] = 128;
  const changed = await logitsOf(file, "f32", ids);
  expect(relativeDistance(changed, plain)).toBeGreaterThan(1e-3);
  expect(relativeDistance(await logitsOf(file, "q8_0", ids), changed)).toBeLessThan(1e-3);
});

test("a Q4_0 file's blocks are moved as they are, the embedding's too: in q4_0 only the activations are rounded", async () => {
  const { ids } = JSON.parse(new TextDecoder().decode(await goldenFile("gguf/pure.json")));
  const golden = tensorOf(await goldenFile("gguf/pure.safetensors"), "logits");
  expect(relativeDistance(await logitsOf(await goldenFile("gguf/pure.gguf"), "q4_0", ids), golden)).toBeLessThan(1e-3);
});

test.each([
  ["pure", "q4_0", "q4_0"],
  ["pure", "q8_0", "q8_0"],
  ["tied", "q4_0", "q8_0"],
] as const)("the embedding of %s.gguf in %s is held in %s", async (name, format, held) => {
  using gpt = await loadModel(`/test/golden/gguf/${name}.gguf`, { format, tokenizer: "huggingface" });
  const { children = [] } = await gpt.parameters();
  const embedding = children.find(({ name }) => name === "tok_emb")?.children?.[0];
  expect(embedding).toMatchObject({ name: "weight", format: held });
});
