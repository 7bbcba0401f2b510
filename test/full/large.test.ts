import { expect, test } from "vitest";
import { createModel, GPT_CONFIG_124M } from "../../src/index";

/** GPT-2 large, untied: 3.4 GB in f32, so that pointers pass 2 GiB and are negative as i32. */
const LARGE = { ...GPT_CONFIG_124M, embDim: 1280, nHeads: 20, nLayers: 36 };
const IDS = [15496, 11, 314, 716];
const GREEDY = { temperature: 0, maxNewTokens: 4, stopTokens: [] } as const;

test("memory beyond 2 GiB: the same four ids on one thread and on two", async () => {
  const answers: number[][] = [];
  for (const threads of [1, 2]) {
    using gpt = await createModel(LARGE, { format: "f32", seed: 1, threads });
    expect(gpt.info.memoryBytes).toBeGreaterThan(2 ** 31);
    answers.push((await gpt.generate(IDS, GREEDY)).ids);
  }
  expect(answers[0]).toHaveLength(4);
  expect(answers[1]).toEqual(answers[0]);
}, 600_000);

test("a model beyond 4 GiB is refused before anything is allocated", async () => {
  const xl = { ...GPT_CONFIG_124M, embDim: 1600, nHeads: 25, nLayers: 48 };
  await expect(createModel(xl, { format: "f32", seed: 1 })).rejects.toMatchObject({ code: "out-of-memory" });
});
