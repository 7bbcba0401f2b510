import { expect, test } from "vitest";
import { loadModel } from "../../src/index";
import { goldenFile } from "../helpers/golden";

interface Greedy {
  prompt: string;
  promptIds: number[];
  ids: number[];
  text: string;
}

/** The whole stack: what transformers writes greedily with the embedded model, id by id, and its text. */
test("the embedded model writes transformers' 60 greedy ids after five prompts", async () => {
  const { greedy } = JSON.parse(new TextDecoder().decode(await goldenFile("embedded-greedy.json"))) as {
    greedy: Greedy[];
  };
  expect(greedy).toHaveLength(5);
  using gpt = await loadModel("/demo/public/model/", { format: "f32", cacheFormat: "f32", kernels: "simd" });
  for (const { prompt, promptIds, ids, text } of greedy) {
    expect([0, ...(await gpt.encode(prompt))]).toEqual(promptIds);
    const options = { temperature: 0, maxNewTokens: ids.length, stopTokens: [] } as const;
    const found = await gpt.generate(promptIds, options);
    expect(found.ids).toEqual(ids);
    expect(found.text).toBe(text);
  }
});
