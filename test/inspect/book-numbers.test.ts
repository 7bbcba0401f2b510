import { expect, test } from "vitest";
import {
  countParameters,
  GPT_CONFIG_124M,
  GPT_CONFIG_355M,
  GPT_CONFIG_774M,
  GPT_CONFIG_1558M,
  type GPTConfigInput,
} from "../../src/index";
import { found, goldenModel } from "../helpers/models";

const golden = await (await fetch("/test/golden/book-numbers.json")).json();
const FAMILY: Record<string, GPTConfigInput> = {
  "gpt2-small": GPT_CONFIG_124M,
  "gpt2-medium": GPT_CONFIG_355M,
  "gpt2-large": GPT_CONFIG_774M,
  "gpt2-xl": GPT_CONFIG_1558M,
};

test("the parameters and megabytes of the family are the book's", () => {
  for (const [name, config] of Object.entries(FAMILY)) {
    const { parameters, parametersTied, megabytes } = golden.family[name];
    const { total, bytes } = countParameters(config);
    expect(total, name).toBe(parameters);
    expect(Math.round((bytes / 2 ** 20) * 100) / 100, name).toBe(megabytes);
    expect(countParameters({ ...config, tied: true }).total, name).toBe(parametersTied);
  }
});

test("the modules of the 124M model have the book's sizes", () => {
  const { attention, feedForward, block, total, bytes } = countParameters(GPT_CONFIG_124M);
  expect({ attention, feedForward, block }).toEqual(golden.modules);
  expect([attention, feedForward, total]).toEqual([2_360_064, 4_722_432, 163_009_536]);
  expect((bytes / 2 ** 20).toFixed(2)).toBe("621.83");
  expect(countParameters({ ...GPT_CONFIG_124M, tied: true }).total).toBe(124_412_160);
});

test("a copy of another width has a feed-forward of four times that", () => {
  const narrow = { ...GPT_CONFIG_124M, embDim: 256, nHeads: 4 };
  expect(countParameters(narrow).total).toBe(countParameters({ ...narrow, innerDim: 1024 }).total);
  expect(countParameters(narrow).feedForward).toBe(2 * 256 * 1024 + 1024 + 256);
});

test("the tree that a model reports adds up to what was counted", async () => {
  using gpt = await goldenModel("relu40");
  const tree = await gpt.parameters();
  const { total } = countParameters(gpt.config);
  expect([tree.count, gpt.info.parameters]).toEqual([total, total]);
});

test("after LayerNorm a position has mean 0 and variance 1", async () => {
  using gpt = await goldenModel("head26");
  const trace = await gpt.trace([5, 6, 7], { hooks: ["*normalized"] });
  for (const name of Object.keys(trace.activations)) {
    const { shape, data } = found(trace, name);
    const [T = 0, width = 0] = shape;
    for (let t = 0; t < T; t++) {
      const row = [...data.subarray(t * width, (t + 1) * width)];
      const mean = row.reduce((a, b) => a + b, 0) / width;
      expect(mean, name).toBeCloseTo(0, 6);
      expect(row.reduce((a, b) => a + (b - mean) ** 2, 0) / width, name).toBeCloseTo(1, 3); // eps is in the divisor
    }
  }
});
