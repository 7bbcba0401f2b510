import { expect, test } from "vitest";
import { loadModel } from "../../src/index";
import { goldenFile, tensorOf } from "../helpers/golden";

test.each(["tied", "untied"])("%s.gguf computes what transformers computes with its numbers", async (name) => {
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
