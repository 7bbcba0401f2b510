import { expect, test } from "vitest";
import { createModel, type GPTConfigInput } from "../../src/index";
import type { Machine } from "../../worker/machine/assemble";
import { initialise } from "../../worker/machine/initialise";
import { TorchRandom } from "../../worker/machine/torch-random";
import { completeConfig } from "../../worker/model/config";
import { parameterShapes } from "../../worker/model/parameters";
import { largestDifference } from "../helpers/models";

interface Digest {
  shape: number[];
  values?: number[];
  first?: number[];
  last?: number[];
  sum: number;
  sumOfSquares: number;
}

interface Golden {
  draws: { seed: number; calls: { call: string; values: number[] }[] }[];
  models: Record<
    string,
    { seed: number; config: GPTConfigInput; tensors: Record<string, Digest>; prompt: number[]; lastLogits: number[] }
  >;
}

const golden: Golden = await (await fetch("/test/golden/torch-init.json")).json();

/** PyTorch computes the logarithm and the cosine of blocks of 16 in f32. */
const TOLERANCE = 1e-6;

test("every seeded draw is PyTorch's", () => {
  for (const { seed, calls } of golden.draws) {
    const random = new TorchRandom(seed);
    for (const { call, values } of calls) {
      const [kind, size] = call.split(" ");
      const found = new Float32Array(Number(size));
      if (kind === "normal") {
        random.normal(found.length)(found);
        expect(largestDifference(found, values), `${seed}: ${call}`).toBeLessThan(TOLERANCE);
      } else {
        random.uniform(1)(found); // 2u − 1, where PyTorch's row has u
        expect([...found], `${seed}: ${call}`).toEqual(values.map((u) => Math.fround(2 * u) - 1));
      }
    }
  }
});

test("a tensor drawn in parts is the same", () => {
  const whole = new Float32Array(77);
  new TorchRandom(5).normal(77)(whole);
  const parts = new Float32Array(77);
  const fill = new TorchRandom(5).normal(77);
  for (const [begin, end] of [
    [0, 3],
    [3, 50],
    [50, 66],
    [66, 77],
  ])
    fill(parts.subarray(begin, end));
  expect(parts).toEqual(whole);
});

/** The initial weights as the writer is given them, in parts of at most 24 values. */
function weightsOf(config: GPTConfigInput, seed: number): Map<string, Float32Array> {
  const found = new Map<string, Float32Array>();
  const complete = completeConfig(config);
  let part = new Float32Array();
  const machine = {
    config: complete,
    arena: { f32: () => part },
    writer: {
      generate(name: string, make: (pointer: number, first: number, count: number) => void) {
        const count =
          parameterShapes(complete)
            .get(name)
            ?.reduce((a, b) => a * b) ?? 0;
        const values = new Float32Array(count);
        found.set(name, values);
        for (let first = 0; first < count; first += 24) {
          part = values.subarray(first, Math.min(count, first + 24)) as Float32Array<ArrayBuffer>;
          make(0, first, part.length);
        }
      },
    },
  };
  initialise(machine as unknown as Machine, { seed, init: "torch" });
  return found;
}

for (const [name, { seed, config, tensors, prompt, lastLogits }] of Object.entries(golden.models)) {
  test(`${name}: the initial weights are PyTorch's, and the logits that come of them`, async () => {
    const weights = weightsOf(config, seed);
    expect([...weights.keys()].sort()).toEqual(Object.keys(tensors).sort());
    for (const [parameter, { values, first = values ?? [], last = values ?? [], sum, sumOfSquares }] of Object.entries(
      tensors,
    )) {
      const ours = weights.get(parameter) ?? new Float32Array();
      const tolerance = parameter.endsWith("emb.weight") ? TOLERANCE : 0; // uniforms are PyTorch's to the bit
      expect(largestDifference(ours.subarray(0, first.length), first), parameter).toBeLessThanOrEqual(tolerance);
      expect(largestDifference(ours.subarray(ours.length - last.length), last), parameter).toBeLessThanOrEqual(
        tolerance,
      );
      expect(Math.abs(ours.reduce((a, b) => a + b, 0) - sum), parameter).toBeLessThan(ours.length * TOLERANCE);
      expect(ours.reduce((a, b) => a + b * b, 0) / sumOfSquares || 1, parameter).toBeCloseTo(1, 6);
    }
    using gpt = await createModel(config, { seed, init: "torch", format: "f32", cacheFormat: "f32", kernels: "simd" });
    const logits = await gpt.logits(prompt, { last: true });
    const difference = largestDifference(logits.subarray(0, lastLogits.length), lastLogits);
    expect(difference).toBeLessThan(2e-5 * Math.max(1, ...lastLogits.map(Math.abs)));
  });
}

test("options that do not fit are refused", async () => {
  const config = golden.models.dummy?.config as GPTConfigInput;
  await expect(createModel(config, { seed: 1, init: "torch", initStd: 1 })).rejects.toThrow("initStd: found 1");
});
