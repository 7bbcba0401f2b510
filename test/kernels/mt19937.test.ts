import { describe, expect, test } from "vitest";
import golden from "../golden/torch-init.json";
import { binaries, Harness } from "./harness";

const STATE_BYTES = 2512;

async function seeded(binary: (typeof binaries)[number], seed: number) {
  const harness = await Harness.of(binary);
  const { kernels } = harness;
  const state = harness.bytes(STATE_BYTES);
  kernels.mt_seed(state, seed);
  const draw = (n: number, kernel: (out: number) => void) => {
    const out = harness.room(n);
    kernel(out);
    return harness.get(out, n);
  };
  return {
    harness,
    uniform: (n: number, low = 0, high = 1) => draw(n, (out) => kernels.mt_uniform(out, state, n, low, high)),
    normal: (n: number, mean = 0, std = 1) => draw(n, (out) => kernels.mt_normal(out, state, n, mean, std)),
  };
}

/** PyTorch's blocks of 16 are computed in f32: a few roundings of values up to 5. */
const BLOCK_ERROR = 2e-6;

describe.each(binaries)("%s", (binary) => {
  test.each(golden.draws)("PyTorch's draws from seed $seed, one call after another", async ({ seed, calls }) => {
    const { harness, ...generator } = await seeded(binary, seed);
    for (const { call, values } of calls) {
      const [kind, count] = call.split(" ") as ["uniform" | "normal", string];
      const ours = generator[kind](Number(count));
      if (kind === "uniform" || ours.length < 16) expect([...ours]).toEqual(values);
      else
        for (const [i, v] of values.entries())
          expect(Math.abs((ours[i] as number) - v)).toBeLessThanOrEqual(BLOCK_ERROR);
    }
    expect(harness.intact).toBe(true);
  });

  test("the uniform weights after two embeddings are PyTorch's to the bit", async () => {
    const { seed, config, tensors } = golden.models.chapter;
    const { uniform, normal } = await seeded(binary, seed);
    normal(config.vocabSize * config.embDim);
    normal(config.contextLength * config.embDim);
    const bound = 1 / Math.sqrt(config.embDim);
    const { first, last } = tensors["trf_blocks.0.att.W_query.weight"];
    const weights = uniform(config.embDim ** 2, -bound, bound);
    expect([...weights.subarray(0, first.length)]).toEqual(first);
    expect([...weights.subarray(-last.length)]).toEqual(last);
  });

  test("mean and std shift and scale the same draws", async () => {
    for (const n of [5, 16, 37]) {
      const plain = (await seeded(binary, 9)).normal(n);
      const other = (await seeded(binary, 9)).normal(n, 3, 0.5);
      // each is rounded once
      for (const [i, v] of plain.entries())
        expect(Math.abs((other[i] as number) - (3 + v / 2))).toBeLessThanOrEqual(2 ** -21);
    }
  });
});
