import { expect, test } from "vitest";
import { createModel, GPT_CONFIG_124M } from "../../src/index";
import { largestDifference } from "../helpers/models";

test("the untrained 124M model of the book writes the ids that the book prints", { timeout: 600_000 }, async () => {
  const { untrained } = await (await fetch("/test/golden/book-numbers.json")).json();
  using gpt = await createModel(GPT_CONFIG_124M, { seed: 123, init: "torch", format: "f32", cacheFormat: "f32" });
  expect(gpt.info.parameters).toBe(163_009_536);
  const logits = await gpt.logits(untrained.prompt, { last: true });
  const largest = largestDifference(logits.subarray(0, 8), untrained.firstLastLogits);
  console.log(`largest difference of the first 8 logits: ${largest.toExponential(1)}`);
  expect(largest).toBeLessThan(1e-4);
  const { ids } = await gpt.generate(untrained.prompt, { temperature: 0, stopTokens: [], maxNewTokens: 6 });
  expect(ids).toEqual([27018, 24086, 47843, 30961, 42348, 7267]);
});
