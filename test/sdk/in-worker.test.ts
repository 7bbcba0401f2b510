import { expect, test } from "vitest";
import { goldenModel } from "../helpers/models";

test("a model loads inside a page's own worker too", async () => {
  const worker = new Worker(new URL("./in-worker.ts", import.meta.url), { type: "module" });
  const answer = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
  worker.terminate();
  using gpt = await goldenModel("head26");
  expect(answer).toEqual((await gpt.generate([1], { temperature: 0, maxNewTokens: 3, stopTokens: [] })).ids);
});
