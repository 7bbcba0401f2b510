import { expect, test } from "vitest";
import { lookUp } from "../../worker/generation/lookup";
import type { Written } from "../../worker/generation/writer";
import { hashed, type Model, run } from "./fake";

const of = (events: readonly Written[], index: number) =>
  events.filter((event) => ((event.type === "token" ? event.token : event).index ?? 0) === index);

/** A model that goes round in a circle of ids, with now and then another one: most proposals are right, some are not. */
const circling: Model = (ids) => {
  const own = hashed(8)(ids.slice(-6));
  const next = ((ids.at(-1) ?? 0) + 1) % 5;
  return own.map((logit, id) => logit + (id === next ? 3 : 0));
};

test("what followed the same tokens before is proposed; the longest run decides, then the latest place", () => {
  expect(lookUp([1, 2, 3, 9, 8, 1, 2, 3], 4)).toEqual([9, 8, 1, 2]);
  expect(lookUp([7, 3, 5, 3, 6, 3], 1)).toEqual([6]);
  expect(lookUp([2, 3, 5, 9, 3, 6, 2, 3], 2)).toEqual([5, 9]);
  expect(lookUp([1, 2, 3], 4)).toEqual([]);
  expect(lookUp([1, 1], 4)).toEqual([1]);
  expect(lookUp([1, 2, 1], 0)).toEqual([]);
  expect(lookUp([1], 3)).toEqual([]);
});

for (const options of [
  { temperature: 0 },
  { seed: 3 },
  { seed: 4, temperature: 0.7, topP: 0.9, repetitionPenalty: 1.1 },
  { seed: 4, n: 3 },
  { seed: 9, stopTokens: [6] },
  { seed: 9, stop: ["cde"] },
  { seed: 2, onContextFull: "slide", keepPrefix: 3 } as const,
]) {
  test(`speculation changes no token: ${JSON.stringify(options)}`, async () => {
    const parts = { model: circling, vocabSize: 8, prompt: [0, 1, 2, 3], contextLength: 50 };
    const plain = await run({ ...parts, options: { ...options, maxNewTokens: 120 } });
    for (const speculate of [1, 2, 5, 15]) {
      const faster = await run({ ...parts, options: { ...options, maxNewTokens: 120, speculate } });
      for (const index of [0, 1, 2]) expect(of(faster.events, index)).toEqual(of(plain.events, index));
      expect({ ...faster.result, usage: null }).toEqual({ ...plain.result, usage: null });
      if (!("n" in options) && plain.result.ids.length > 20)
        expect(faster.reader.passes.length).toBeLessThan(plain.reader.passes.length);
    }
  });
}

test("the context then holds what was accepted and nothing else", async () => {
  const { result, context } = await run({
    model: circling,
    vocabSize: 8,
    prompt: [0, 1, 2],
    options: { seed: 1, speculate: 6, maxNewTokens: 30 },
  });
  expect(context.ids).toEqual([0, 1, 2, ...result.ids.slice(0, context.length - 3)]);
  expect(context.length).toBeGreaterThanOrEqual(3 + 29);
});

test("what is drawn has the model's own distribution (chi-squared, 20,000 tokens)", async () => {
  const logits = [0.3, 1.2, -0.5, 0.9];
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  const { result, reader } = await run({
    model: () => logits,
    vocabSize: 4,
    contextLength: 30_000,
    options: { seed: 11, speculate: 4, maxNewTokens: 20_000 },
  });
  expect(reader.passes.length).toBeLessThan(18_000);
  const chi = logits.reduce((sum, logit, id) => {
    const expected = (20_000 * Math.exp(logit)) / total;
    return sum + (result.ids.filter((found) => found === id).length - expected) ** 2 / expected;
  }, 0);
  expect(chi).toBeLessThan(16.3); // 3 degrees of freedom, p = 0.001
});
