import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { activations } from "../../demo/lab/panels/activations";
import { GELU, RELU } from "../../demo/lab/panels/activations/functions";
import { type GPT, type Intervention, loadModel } from "../../src/index";
import { mountPanel, pictures, settled } from "./lab-mount";
import { $, EMBEDDED } from "./mount";

const SENTENCE = "The old fox saw the little rabbit, and the old fox";

const percent = (share: number) => `${(100 * share).toFixed(0)}\u202f%`;
const negatives = (values: Float32Array) => percent(values.filter((x) => x < 0).length / values.length);

/** What the panel says of one layer, from the API. */
/** How many of the 1024 neurons are above zero for none of the 12 tokens. */
function neverAbove(sums: Float32Array): number {
  const neurons = Array.from({ length: 1024 }, (_, neuron) => neuron);
  return neurons.filter((neuron) =>
    Array.from({ length: 12 }, (_, t) => sums[1024 * t + neuron] ?? 0).every((x) => x <= 0),
  ).length;
}

async function expected(gpt: GPT, layer: number): Promise<RegExp> {
  const [pre = "", out = ""] = [`blocks.${layer}.mlp.pre`, `blocks.${layer}.mlp_out`];
  const { activations: found } = await gpt.trace(SENTENCE, { hooks: [pre, out] });
  const sums = found[pre]?.data ?? new Float32Array();
  const share = percent(neverAbove(sums) / 1024);
  return new RegExp(
    `in layer ${layer + 1}, ${negatives(sums)} of the sums are negative and ${share} of the neurons .* ${negatives(found[out]?.data ?? new Float32Array())} of what leaves`,
  );
}

test("shares of negatives and of neurons that never fire are those of the traced values, in any layer", async () => {
  await mountPanel(activations);
  using gpt = await loadModel(EMBEDDED.source);
  expect($("#activations .answer").textContent).toMatch(await expected(gpt, 5));
  const { activations: first } = await gpt.trace(SENTENCE, { hooks: ["blocks.0.mlp.pre"] });
  const never = neverAbove(first["blocks.0.mlp.pre"]?.data as Float32Array);
  expect(pictures("activations")[1]).toMatch(new RegExp(`^Layer 1: ${never} neurons .* Layer 6:`));
  await userEvent.selectOptions($("#activations select"), "1");
  await settled("activations");
  await expect.poll(() => $("#activations .answer").textContent).toMatch(await expected(gpt, 0));

  const interventions: Intervention[] = [];
  for (let layer = 0; layer < 6; layer++) {
    const pre = `blocks.${layer}.mlp.pre`;
    const { activations: found } = await gpt.trace(SENTENCE, { hooks: [pre], interventions });
    const { shape = [], data = new Float32Array() } = found[pre] ?? {};
    interventions.push({ patch: `blocks.${layer}.mlp.post`, from: { shape, data: data.map((x) => Math.max(0, x)) } });
  }
  const { effect } = await gpt.trace(SENTENCE, { hooks: [], interventions });
  expect($("#activations .body > p").textContent).toContain(`by ${effect?.kl.toFixed(2)} nats`);
});

test("the model's own neurons lie on the GELU that is drawn", async () => {
  using gpt = await loadModel(EMBEDDED.source);
  const { activations: found } = await gpt.trace(SENTENCE, { hooks: ["blocks.5.mlp.pre", "blocks.5.mlp.post"] });
  const [pre, post] = [found["blocks.5.mlp.pre"]?.data, found["blocks.5.mlp.post"]?.data];
  const worst = Math.max(...(pre ?? []).map((x, i) => Math.abs(GELU.of(x) - (post?.[i] ?? Number.NaN))));
  expect(worst).toBeLessThan(1e-5);
});

test("the slopes are those of the curves", () => {
  for (const { of, slope } of [GELU, RELU]) {
    for (const x of [-4, -1.3, -0.75, 0.2, 1, 2.5]) {
      expect(slope(x)).toBeCloseTo((of(x + 1e-5) - of(x - 1e-5)) / 2e-5, 6);
    }
  }
});
