import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { block } from "../../demo/lab/panels/block";
import { loadModel } from "../../src/index";
import { found } from "../helpers/models";
import { answered, mountLab, mountPanel, pictures, settled } from "./lab-mount";
import { $ } from "./mount";

const SENTENCE = "The old fox saw the little rabbit, and the old fox";
const STATIONS = ["resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post"];

/** Mean over the rows of √Σx², in f64. */
function meanLength({ shape, data }: { shape: readonly number[]; data: Float32Array }): number {
  const [rows = 0, width = 0] = shape;
  const lengths = Array.from({ length: rows }, (_, t) =>
    Math.sqrt(data.subarray(t * width, (t + 1) * width).reduce((sum, x) => sum + x * x, 0)),
  );
  return lengths.reduce((a, b) => a + b, 0) / rows;
}

test("lengths, shape and losses are those of the model's own trace", async () => {
  await mountPanel(block);
  using gpt = await loadModel("/demo/public/model/");
  for (const layer of [2, 4]) {
    await userEvent.selectOptions($("#block select"), String(layer + 1));
    await expect
      .poll(() => $("#block .answer").textContent, { timeout: 20_000 })
      .toContain(`Block ${layer + 1} takes [12, 256]`);
    await settled("block");
    const trace = await gpt.trace(SENTENCE, { hooks: STATIONS.map((name) => `blocks.${layer}.${name}`) });
    const lengths = STATIONS.map((name) => meanLength(found(trace, `blocks.${layer}.${name}`)));
    const shown = [...(pictures("block")[0] ?? "").matchAll(/: ([\d.]+)\.( |$)/g)].map(([, n]) => Number(n));
    expect(shown).toHaveLength(5);
    shown.forEach((value, i) => {
      expect(Math.abs(value - (lengths[i] ?? 0))).toBeLessThan(0.01 * (lengths[i] ?? 0));
    });
    const { effect } = await gpt.trace(SENTENCE, { hooks: [], interventions: [{ ablate: { layer } }] });
    expect(effect?.kl).toBeGreaterThan(0);
    expect(pictures("block")[1]).toContain(`Without block ${layer + 1}: ${effect?.kl.toFixed(2)} nats.`);
    expect($("#block .answer").textContent).toContain(`moves by ${effect?.kl.toFixed(2)} nats`);
  }
});

test("it speaks Portuguese", async () => {
  await mountLab([block], "?lang=pt-BR");
  await answered("block");
  expect($("#block h2").textContent).toBe("O que um bloco acrescenta, e faria falta?");
  expect(pictures("block")[1]).toContain("Sem o bloco 6:");
});
