import { expect, test } from "vitest";
import type { GenerateOptions } from "../../worker/sampling/generate-options";
import { goldenFile, tensorOf } from "../helpers/golden";
import { samplerOf } from "./fixed";

interface Golden {
  prompt: number[];
  generated: number[];
  cases: { case: number; row: string; options: GenerateOptions; kept: number }[];
}

const golden: Golden = JSON.parse(new TextDecoder().decode(await goldenFile("sampling.json")));
const arrays = await goldenFile("sampling.safetensors");
const history = { ids: [...golden.prompt, ...golden.generated], promptLength: golden.prompt.length };

test.each(golden.cases)("case $case, $row with $options: transformers' surviving set and scores", (one) => {
  const { row, options, kept } = one;
  const expected = tensorOf(arrays, `scores.${one.case}`);
  const logits = tensorOf(arrays, `logits.${row}`);
  const { ids, probabilities } = samplerOf(logits.length, options).distribution(logits, history);
  expect(ids.length).toBe(kept);
  expect([...ids]).toEqual([...expected.keys()].filter((id) => (expected[id] as number) > -Infinity));

  const max = Math.max(...expected);
  const logSum = max + Math.log([...expected].reduce((sum, score) => sum + Math.exp(score - max), 0));
  for (const [i, id] of ids.entries()) {
    const score = expected[id] as number;
    const p = probabilities[i] as number;
    // f32 scores of transformers: 1e-5, or a few of their last bits where they are large
    if (p > 1e-300)
      expect(Math.abs(Math.log(p) - (score - logSum))).toBeLessThan(
        1e-5 + 4e-7 * Math.max(Math.abs(score), Math.abs(logSum)),
      );
  }
});

test("the golden file has every option of the order but the constraint", () => {
  const found = new Set(golden.cases.flatMap(({ options }) => Object.keys(options)));
  expect([...found].sort()).toEqual(
    [
      "allowedTokens",
      "badWords",
      "frequencyPenalty",
      "logitBias",
      "minP",
      "noRepeatNgramSize",
      "presencePenalty",
    ].concat(["repetitionPenalty", "temperature", "topK", "topP", "typicalP"]),
  );
});
