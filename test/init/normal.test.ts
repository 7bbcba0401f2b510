import { expect, test } from "vitest";
import { createModel, type Progress } from "../../src/index";
import { found } from "../helpers/models";

test("a value comes of its seed and its place alone, in matrices of any width and more values than are made at once", async () => {
  const embedding = async (embDim: number, ids: number[]) => {
    const config = { vocabSize: 96000 / embDim, contextLength: 8, embDim, nHeads: 1, nLayers: 0, tied: true };
    using gpt = await createModel(config, { seed: 5, format: "f32", kernels: "simd" });
    const { data } = found(await gpt.trace(ids, { hooks: ["embed"] }), "embed");
    return [...data];
  };
  // The values from 65,520 on; 2 ** 16 of them are made at once, of narrow rows.
  const wide = await embedding(24, [2730, 2731]);
  const narrow = await embedding(8, [8190, 8191, 8192, 8193, 8194, 8195]);
  expect(narrow).toEqual(wide);
  expect(new Set(narrow).size).toBeGreaterThan(40);
  expect(await embedding(8, [0, 1, 2])).not.toEqual(narrow.slice(16, 40));
});

test("rows of more values than are made eight at once are whole", async () => {
  const config = { vocabSize: 9, contextLength: 8, embDim: 8, innerDim: 8200, nHeads: 1, nLayers: 1 };
  using gpt = await createModel(config, { seed: 5, format: "f32" });
  expect((await gpt.logits([1, 2])).every(Number.isFinite)).toBe(true);
});

test.each([true, false])(
  "progress of a model that is made rises to the bytes of its weights (tied: %s)",
  async (tied) => {
    const config = { vocabSize: 2000, contextLength: 64, embDim: 64, nHeads: 2, nLayers: 3, tied };
    const heard: Progress[] = [];
    using gpt = await createModel(config, { seed: 5, onProgress: (progress) => heard.push(progress) });
    const total = 4 * gpt.info.parameters;
    expect(heard.map((each) => [each.phase, each.total])).toEqual(heard.map(() => ["make", total]));
    expect(heard.filter(({ loaded }) => loaded === total)).toEqual([heard.at(-1)]);
    for (const [i, { loaded }] of heard.entries()) expect(loaded).toBeGreaterThan(heard[i - 1]?.loaded ?? 0);
  },
);
