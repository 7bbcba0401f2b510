import { expect, test } from "vitest";
import { normalisation } from "../../demo/lab/panels/normalisation";
import { createModel, type Intervention, loadModel } from "../../src/index";
import { mountPanel, pictures } from "./lab-mount";
import { $, EMBEDDED } from "./mount";

const SENTENCE = "The old fox saw the little rabbit, and the old fox";
const BEFORE = ["blocks.*.resid_pre", "blocks.*.resid_mid", "blocks.5.resid_post"];
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const variance = (values: readonly number[]) => mean(values.map((x) => (x - mean(values)) ** 2));
const rowsOf = (data: Float32Array, width: number) =>
  Array.from({ length: data.length / width }, (_, t) => [...data.subarray(t * width, (t + 1) * width)]);

test("variances before and after, and what RMSNorm would leave, are those of the traced rows", async () => {
  await mountPanel(normalisation);
  using gpt = await loadModel(EMBEDDED.source);
  const { activations } = await gpt.trace(SENTENCE, { hooks: BEFORE });
  const rows = Object.values(activations).flatMap(({ data }) => rowsOf(data, 256));
  expect(rows).toHaveLength(13 * 12);
  const variances = rows.map(variance);
  const [least, most] = [Math.min(...variances), Math.max(...variances)];
  const [rowsSeen = ""] = pictures("normalisation");
  const found = /from ([\d.]+) to ([\d.]+) and means.* the variance is ([\d.]+)/.exec(rowsSeen)?.slice(1).map(Number);
  expect(found?.[0]).toBeCloseTo(least, 3);
  expect(found?.[1]).toBeCloseTo(most, 2);
  const { activations: after } = await gpt.trace(SENTENCE, { hooks: ["*.normalized"] });
  const normalized = Object.values(after).flatMap(({ data }) => rowsOf(data, 256));
  expect(normalized).toHaveLength(13 * 12);
  expect(found?.[2]).toBeCloseTo(mean(normalized.map(variance)), 3);

  const slant = (row: number[]) => Math.abs(mean(row)) / Math.sqrt(variance(row));
  const farthest = rows.reduce((a, b) => (slant(b) > slant(a) ? b : a));
  const rms = Math.sqrt(mean(farthest.map((x) => x * x)));
  const shown = [...document.querySelectorAll("#normalisation tbody tr")].map((row) =>
    [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent?.replace("−", "-"))),
  );
  const close = (found: number[] | undefined, expected: number[]) => {
    for (const [i, value] of expected.entries()) expect(found?.[i]).toBeCloseTo(value, 3);
  };
  close(shown[0], [mean(farthest), variance(farthest), rms]);
  close(shown[1], [0, 1, 1]);
  close(shown[2], [mean(farthest) / rms, variance(farthest) / rms ** 2, 1]);

  const differences = rows.map((row) => {
    const [m, v] = [mean(row), variance(row)];
    const size = Math.sqrt(mean(row.map((x) => x * x)));
    const apart = row.map((x) => (x - m) / Math.sqrt(v) - x / size);
    return Math.sqrt(mean(apart.map((x) => x * x)));
  });
  const apart = `${(100 * mean(differences)).toFixed(1)}\u202f%`;
  expect($("#normalisation figure:nth-child(2) figcaption").textContent).toContain(`differs by ${apart} on average`);
});

test("without norms a deep model overflows and underflows in the blocks that a chain of patches finds", async () => {
  const blocks: number[] = [];
  for (const initStd of [0.4, 0.02]) {
    const config = { vocabSize: 64, contextLength: 16, embDim: 64, nHeads: 4, nLayers: 16, shortcuts: false };
    using gpt = await createModel(config, { seed: 1, initStd, format: "f32", cacheFormat: "f32" });
    const interventions: Intervention[] = [];
    for (let block = 0; block < 16 && blocks.length < (initStd > 0.1 ? 1 : 2); block++) {
      for (const [from, norm] of [
        ["resid_pre", "ln1"],
        ["resid_mid", "ln2"],
      ]) {
        const name = `blocks.${block}.${from}`;
        const { activations } = await gpt.trace([0, 1, 2, 3, 4, 5, 6, 7], { hooks: [name], interventions });
        const read = activations[name];
        if (!read) throw new Error(`no ${name}`);
        if (read.data.every((x) => x === 0) || read.data.some(Number.isNaN)) {
          blocks.push(block + 1);
          break;
        }
        interventions.push({ patch: `blocks.${block}.${norm}.normalized`, from: read });
      }
    }
  }
  const [, deep = ""] = pictures("normalisation");
  expect(deep).toContain(`no numbers at all in block ${blocks[0]}, the small ones in zeros in block ${blocks[1]}.`);
});
