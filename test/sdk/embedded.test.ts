import { expect, test } from "vitest";
import { loadModel } from "../../src/index";

const MODEL = "/demo/public/model/";

test("the embedded model streams the text that its result holds", async () => {
  using gpt = await loadModel(MODEL);
  const run = gpt.generate("Once upon a time", { maxNewTokens: 40, temperature: 0.7, minP: 0.08, seed: 7 });
  const pieces: string[] = [];
  for await (const piece of run) pieces.push(piece);
  const { text, ids, finishReason, usage } = await run;
  expect(pieces.join("")).toBe(text);
  expect(pieces.length).toBeGreaterThan(10);
  expect(ids.length).toBe(usage.newTokens);
  expect(["length", "stop-token"]).toContain(finishReason);
  expect(await gpt.decode(ids)).toBe(text);
});
