import { expect, test } from "vitest";
import { type LayerWeights, shortcutGradients } from "../../src/index";

interface Golden {
  weights: number[][][];
  biases: number[][];
  layerOutputs: number[][];
  loss: number;
  meanAbsoluteGradients: number[];
  printedInTheBook: number[];
  weightGradients: number[][][];
  biasGradients: number[][];
}

const golden: { without: Golden; with: Golden } = await (await fetch("/test/golden/shortcuts.json")).json();

/** The largest |a − b| / |b|, each value against the largest of its tensor. */
function relative(ours: number[], theirs: number[]): number {
  const size = Math.max(...theirs.map(Math.abs));
  return Math.max(...theirs.map((value, i) => Math.abs((ours[i] ?? Number.NaN) - value))) / size;
}

test("the gradients of section 4.4 are PyTorch's and the book's, with shortcuts and without", async () => {
  const found = await shortcutGradients();
  for (const kind of ["without", "with"] as const) {
    const [ours, theirs] = [found[kind], golden[kind]];
    expect(found.weights.map(({ weight }) => weight)).toEqual(theirs.weights);
    expect(found.weights.map(({ bias }) => bias)).toEqual(theirs.biases);
    const errors = theirs.meanAbsoluteGradients.map((value, n) =>
      Math.abs((ours.meanAbsoluteGradients[n] ?? 0) / value - 1),
    );
    console.log(
      `${kind} shortcuts, relative errors of the mean gradients: ${errors.map((e) => e.toExponential(1)).join(" ")}`,
    );
    expect(Math.max(...errors)).toBeLessThan(1e-5);
    theirs.printedInTheBook.forEach((value, n) => {
      expect(Math.abs((ours.meanAbsoluteGradients[n] ?? 0) / value - 1)).toBeLessThan(1e-4);
    });
    expect(Math.abs(ours.loss / theirs.loss - 1)).toBeLessThan(1e-5);
    theirs.weightGradients.forEach((gradient, n) => {
      expect(relative((ours.weightGradients[n] ?? []).flat(), gradient.flat())).toBeLessThan(1e-4);
      expect(relative(ours.biasGradients[n] ?? [], theirs.biasGradients[n] ?? [])).toBeLessThan(1e-4);
      expect(relative(ours.outputs[n] ?? [], theirs.layerOutputs[n] ?? [])).toBeLessThan(1e-5);
    });
  }
});

test("weights of one's own give the same as the seed that drew them; the slope is the loss's", async () => {
  const { weights, ...drawn } = await shortcutGradients({
    seed: 7,
    sizes: [2, 2, 2],
    input: [0.5, -1],
    target: [1, 0],
  });
  const given = await shortcutGradients({ weights, input: [0.5, -1], target: [1, 0] });
  expect(given).toEqual({ weights, ...drawn });
  const step = 1e-2;
  const lossAt = async (by: number) => {
    const moved: LayerWeights[] = structuredClone(weights);
    const row = moved[0]?.weight[1] ?? [];
    row[0] = (row[0] ?? 0) + by;
    return (await shortcutGradients({ weights: moved, input: [0.5, -1], target: [1, 0] })).with.loss;
  };
  const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
  expect(drawn.with.weightGradients[0]?.[1]?.[0]).toBeCloseTo(slope, 4); // f32 loss, second order in the step
});

test("what can't be computed is refused, by name", async () => {
  await expect(shortcutGradients({ seed: -1 })).rejects.toThrow("seed: found -1");
  await expect(shortcutGradients({ sizes: [3] })).rejects.toThrow("sizes: found 3");
  await expect(shortcutGradients({ input: [1] })).rejects.toThrow("input: found 1; allowed: 3 finite numbers");
  const refused = (options: unknown) => expect(shortcutGradients(options as never), JSON.stringify(options)).rejects;
  await refused(5).toThrow("options: found 5; allowed: an object");
  await refused(null).toThrow("options: found null; allowed: an object");
  await refused({ input: null }).toThrow("input: found null");
  for (const weights of [null, [], 5]) await refused({ weights }).toThrow("weights: found");
  const one = { weight: [[1]], bias: [0] };
  for (const layer of [null, {}, { ...one, bias: 5 }, { ...one, bias: ["0"] }, { ...one, weight: [[Number.NaN]] }])
    await refused({ weights: [one, layer] }).toThrow("weights: layer 1 does not fit; allowed: [out][in]");
  await expect(shortcutGradients({ weights: [{ weight: [[1, 2]], bias: [] }] })).rejects.toThrow("weights: layer 0");
  await expect(shortcutGradients({ inputs: [1] } as never)).rejects.toThrow("did you mean input?");
});
