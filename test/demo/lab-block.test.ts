import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { block } from "../../demo/lab/panels/block";
import { type GPT, loadModel } from "../../src/index";
import { mountPanel, pictures, settled } from "./lab-mount";
import { $, EMBEDDED } from "./mount";

const SENTENCE = "The old fox saw the little rabbit, and the old fox";
const numbersOf = (text = "") => [...text.matchAll(/\d+\.\d+/g)].map(([digits]) => Number(digits));

/** How long the last token's row is at each place, from the analysis and, in the middle, from the rows' sum. */
async function lengths(gpt: GPT, layer: number): Promise<number[]> {
  const { stream, parts } = await gpt.residual(SENTENCE);
  const part = (name: string) => parts.find(({ hook }) => hook === `blocks.${layer}.${name}`)?.norms[11] ?? Number.NaN;
  const [before, added] = [`blocks.${layer}.resid_pre`, `blocks.${layer}.attn_out`];
  const { activations } = await gpt.trace(SENTENCE, { hooks: [before, added] });
  const last = (name: string) => [...(activations[name]?.data.slice(11 * 256) ?? [])];
  const sum = last(before).map((x, i) => x + (last(added)[i] ?? Number.NaN));
  expect(sum).toHaveLength(256);
  const at = (index: number) => stream[index]?.norms[11] ?? Number.NaN;
  return [at(layer), part("attn_out"), Math.hypot(...sum), part("mlp_out"), at(layer + 1)];
}

/** Without what both halves of a block add, their outputs scaled to nothing. */
async function without(gpt: GPT, layer: number) {
  const interventions = ["attn_out", "mlp_out"].map((part) => ({ scale: `blocks.${layer}.${part}`, by: 0 }));
  const { effect } = await gpt.trace(SENTENCE, { hooks: [], interventions });
  if (!effect) throw new Error("no effect");
  return effect;
}

test("lengths are the analysis's, and the prediction without a block that of halves scaled to nothing", async () => {
  await mountPanel(block);
  using gpt = await loadModel(EMBEDDED.source);
  const agree = async (layer: number) => {
    const [seen = "", all = ""] = pictures("block");
    expect(seen).toContain("12 × 256 in and out");
    const expected = await lengths(gpt, layer);
    const found = numbersOf(seen);
    expect(found).toHaveLength(5);
    for (const [i, length] of expected.entries()) expect(Math.abs((found[i] ?? 0) / length - 1)).toBeLessThan(0.01);
    const moved: string[] = [];
    for (let l = 0; l < 6; l++) moved.push(`Without block ${l + 1}: ${(await without(gpt, l)).kl.toFixed(2)} nats.`);
    expect(all).toBe(moved.join(" "));
    const { kl, top } = await without(gpt, layer);
    const said = $("#block .answer").textContent ?? "";
    expect(said).toContain(`Block ${layer + 1} takes 12 × 256 numbers`);
    expect(said).toContain(`moves by ${kl.toFixed(2)} nats, and ${top[0]?.text.replaceAll(" ", "␣")},`);
    const rows = [...document.querySelectorAll("#block tbody tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent ?? ""),
    );
    expect(rows).toHaveLength(5);
    for (const [text, ...shares] of rows) {
      const token = top.find((each) => each.text.replaceAll(" ", "␣") === text);
      for (const [i, logp] of [token?.before, token?.after].entries()) {
        const share = Number.parseFloat(shares[i]?.replace("<", "") ?? "");
        expect(Math.abs(share - 100 * Math.exp(logp ?? Number.NaN)), `${text} ${shares[i]}`).toBeLessThan(0.51);
      }
    }
  };
  await agree(2);
  await userEvent.selectOptions($("#block select"), "1");
  await expect.poll(() => $("#block .answer").textContent, { timeout: 20_000 }).toContain("Block 1 takes");
  await settled("block");
  await agree(0);
});
