import { afterAll, expect, test } from "vitest";
import { type GPT, loadModel } from "../../src/index";

const models = ["head26", "relu40", "wide", "bf16mask"];
const opened: GPT[] = [];
afterAll(() => {
  for (const gpt of opened) gpt.dispose();
});

for (const name of models) {
  test(`${name} writes what transformers writes`, async () => {
    const folder = new URL(`/test/golden/${name}/`, location.href);
    const expected = await (await fetch(new URL("expected.json", folder))).json();
    const gpt = await loadModel(folder, {
      format: "f32",
      cacheFormat: "f32",
      kernels: "simd",
      tokenizer: "huggingface",
    });
    opened.push(gpt);
    const greedy = { temperature: 0, stopTokens: [], maxNewTokens: expected.greedy.length } as const;
    const { ids } = await gpt.generate(expected.ids, greedy);
    expect(ids).toEqual(expected.greedy);
  });
}
