import { expect, test } from "vitest";
import { CHECKPOINTS, goldenFile } from "../helpers/golden";
import { goldenModel } from "../helpers/models";

interface Expected {
  ids: number[];
  greedy: number[];
}

test.each(CHECKPOINTS)("%s writes what transformers writes", async (name) => {
  const expected = JSON.parse(new TextDecoder().decode(await goldenFile(`${name}/expected.json`))) as Expected;
  using gpt = await goldenModel(name);
  const options = { temperature: 0, stopTokens: [], maxNewTokens: expected.greedy.length } as const;
  expect((await gpt.generate(expected.ids, options)).ids).toEqual(expected.greedy);
});
