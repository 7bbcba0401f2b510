import { expect, test } from "vitest";
import { GPT_CONFIG_124M } from "../../src/index";
import { Weights } from "../../worker/model/weights";
import type { Arena } from "../../worker/wasm/arena";

const arena = { reserve: () => {}, take: () => 4096 } as unknown as Arena;
const MATRICES = {
  head: "out_head.weight",
  attention: "trf_blocks.1.att.out_proj.weight",
  feedForward: "trf_blocks.1.ff.layers.0.weight",
};

function products(embDim: number, exact: boolean): Record<string, string> {
  const config = { ...GPT_CONFIG_124M, embDim, innerDim: 4 * embDim, nHeads: 4, nLayers: 2 };
  const weights = Weights.allocate(config, "q8_0", { exact, zero: exact ? 128 : 0 }, arena);
  const query = weights.stacked("trf_blocks.1.att").matrix.format.matmul;
  const named = Object.entries(MATRICES).map(([role, name]) => [role, weights.matrix(name).format.matmul]);
  return { query, ...Object.fromEntries(named) };
}

test.each([
  [256, "matmul_q8_0_fine"],
  [768, "matmul_q8_0"],
])(
  "where the dot product is exact, attention of width %i runs %s, and the head takes finer activations",
  (width, attention) => {
    const [head, feedForward] = ["matmul_q8_0_fine", "matmul_q8_0"];
    expect(products(width, true)).toEqual({ query: attention, head, attention, feedForward });
  },
);

test.each([256, 768])("where it saturates, every product of width %i is widened", (width) => {
  expect(new Set(Object.values(products(width, false)))).toEqual(new Set(["matmul_q8_0_i16"]));
});
