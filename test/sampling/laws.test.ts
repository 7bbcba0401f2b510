import fc from "fast-check";
import { expect, test } from "vitest";
import { maskOf } from "../../worker/sampling/bans";
import type { GenerateOptions } from "../../worker/sampling/generate-options";
import { samplerOf } from "./fixed";

const SIZE = 70; // one block and a ragged one, two words of a mask and a ragged one
const id = fc.integer({ min: 0, max: SIZE - 1 });
const many = fc.array(id, { maxLength: 200 });
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const options: fc.Arbitrary<GenerateOptions> = fc.record(
  {
    temperature: fc.oneof(number(0, Number.MAX_VALUE), number(0, 3)),
    topK: fc.integer({ min: 0, max: 100 }),
    topP: number(0, 1),
    minP: number(0, 1),
    typicalP: number(0, 1),
    repetitionPenalty: fc.oneof(number(Number.MIN_VALUE, Number.MAX_VALUE), number(0.5, 3)),
    presencePenalty: number(-100, 100),
    frequencyPenalty: number(-100, 100),
    penaltyWindow: fc.integer({ min: 0, max: 300 }),
    noRepeatNgramSize: fc.integer({ min: 0, max: 5 }),
    logitBias: fc.dictionary(id.map(String), number(-1e4, 1e4)).map((biases) => biases as Record<number, number>),
    badWords: fc.array(fc.array(id, { minLength: 1, maxLength: 3 }), { maxLength: 80 }),
    allowedTokens: fc.array(id, { minLength: 1, maxLength: SIZE }),
  },
  { requiredKeys: [] },
);
/** Any floats, of which one nearly always has all the probability, and such as a model's are. */
const logits = fc.oneof(
  ...[fc.float({ noNaN: true, noDefaultInfinity: true }), number(-6, 6)].map((one) =>
    fc.array(one, { minLength: SIZE, maxLength: SIZE }),
  ),
);

/** Options that can't work together are refused before a sampler is made: another matter. */
const sampler = (chosen: GenerateOptions) => {
  try {
    return samplerOf(SIZE, { ...chosen, logprobs: 3 });
  } catch {
    return undefined;
  }
};

test("no options remove every token, and no number is NaN", () => {
  fc.assert(
    fc.property(options, logits, many, fc.option(fc.array(id, { minLength: 1 })), (chosen, row, ids, allowed) => {
      const mask = allowed ? maskOf(allowed, SIZE) : undefined;
      const made = sampler(chosen);
      fc.pre(made !== undefined);
      const x = Float32Array.from(row);
      const history = { ids, promptLength: Math.min(2, ids.length) };
      const { ids: kept, probabilities } = made.distribution(x, history, mask);
      expect(kept.length).toBeGreaterThan(0);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
      const drawn = made.sample(x, history, mask);
      expect(kept).toContain(drawn.id);
      expect(probabilities[kept.indexOf(drawn.id)]).toBeGreaterThan(0);
      for (const one of [drawn, ...(drawn.top ?? [])]) expect((one.logprob ?? Number.NaN) <= 0).toBe(true);
      if (allowed) expect(allowed).toContain(drawn.id);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test.each(["topK", "topP", "minP", "typicalP", "noRepeatNgramSize", "badWords", "allowedTokens"] as const)(
  "%s alone removes tokens and changes no order of what is left",
  (name) => {
    fc.assert(
      fc.property(options, logits, many, (chosen, row, ids) => {
        const made = sampler({ [name]: chosen[name] });
        fc.pre(made !== undefined);
        const history = { ids, promptLength: 0 };
        const found = made.distribution(Float32Array.from(row), history);
        const whole = samplerOf(SIZE, {}).distribution(Float32Array.from(row), history);
        const share = [...found.ids].reduce((sum, one) => sum + (whole.probabilities[one] as number), 0);
        fc.pre(share > 1e-200);
        found.ids.forEach((one, i) => {
          expect(found.probabilities[i]).toBeCloseTo((whole.probabilities[one] as number) / share, 9);
        });
      }),
      { numRuns: 200, seed: 2 },
    );
  },
);
