import { expect, test } from "vitest";
import type { GenerateOptions } from "../../src/index";
import { goldenFile } from "../helpers/golden";
import { goldenModel } from "../helpers/models";

interface Golden {
  options: GenerateOptions & { stopTokens: number[] };
  sequences: { ids: number[]; score: number; finishReason: string }[];
}

for (const name of ["head26", "relu40"]) {
  test(`${name}: beam search finds what transformers finds, with its scores`, async () => {
    const golden = JSON.parse(new TextDecoder().decode(await goldenFile("beams.json"))).models[name];
    using gpt = await goldenModel(name);
    for (const { options, sequences } of golden.searches as Golden[]) {
      const { numBeams = 1, stopTokens } = options;
      const result = await gpt.generate(golden.prompt, { ...options, n: numBeams });
      const theirs = sequences.map(({ ids, finishReason }) =>
        finishReason === "stop-token" && stopTokens.includes(ids.at(-1) ?? -1) ? ids.slice(0, -1) : ids,
      );
      const what = JSON.stringify(options);
      expect(
        result.sequences?.map(({ ids }) => ids),
        what,
      ).toEqual(theirs);
      expect(
        result.sequences?.map(({ finishReason }) => finishReason),
        what,
      ).toEqual(sequences.map(({ finishReason }) => finishReason));
      for (const [i, { score }] of sequences.entries()) {
        expect(Math.abs((result.sequences?.[i]?.score ?? Number.NaN) - score), what).toBeLessThan(
          1e-5 * Math.max(1, Math.abs(score)),
        );
      }
      expect(result.ids).toEqual(theirs[0]);
    }
  });
}
