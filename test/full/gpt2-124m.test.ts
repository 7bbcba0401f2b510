import { expect, test } from "vitest";
import { createModel, GPT_CONFIG_124M } from "../../src/index";
import { goldenFile, intsOf, tensorOf } from "../helpers/golden";
import { largestDifference } from "../helpers/models";

const GPT2 = { ...GPT_CONFIG_124M, tied: true, qkvBias: true };

interface Golden {
  ids: number[];
  greedy: number[];
}

test("the 124M shape, seeded: logits within 2e-3 of PyTorch's at 64 positions, and the same 40 greedy ids", async () => {
  const golden = JSON.parse(new TextDecoder().decode(await goldenFile("gpt2-124m.json"))) as Golden;
  const file = await goldenFile("gpt2-124m.safetensors");
  const columns = [...intsOf(file, "columns")];
  using gpt = await createModel(GPT2, { seed: 1, format: "f32", cacheFormat: "f32", kernels: "simd" });
  expect(gpt.info.parameters).toBe(124_439_808);
  const { vocabSize } = gpt.config;
  const logits = await gpt.logits(golden.ids);
  const sampled = Float32Array.from(
    golden.ids.flatMap((_, t) => columns.map((id) => logits[t * vocabSize + id] ?? Number.NaN)),
  );
  const difference = largestDifference(sampled, tensorOf(file, "logits"));
  const lastRow = largestDifference(logits.subarray(-vocabSize), tensorOf(file, "last"));
  console.log(`largest difference ${difference.toExponential(1)}, in the whole last row ${lastRow.toExponential(1)}`);
  expect(difference).toBeLessThan(2e-3);
  expect(lastRow).toBeLessThan(2e-3);
  const options = { temperature: 0, maxNewTokens: golden.greedy.length, stopTokens: [] } as const;
  expect((await gpt.generate(golden.ids, options)).ids).toEqual(golden.greedy);
}, 300_000);
