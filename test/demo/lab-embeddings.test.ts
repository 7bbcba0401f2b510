import { expect, test } from "vitest";
import { embeddings } from "../../demo/lab/panels/embeddings";
import { shuffled } from "../../demo/lab/panels/embeddings/shuffling";
import { type GPT, type Intervention, loadModel } from "../../src/index";
import { mountPanel, pictures, settled } from "./lab-mount";
import { $, click, EMBEDDED } from "./mount";

const SENTENCE = "The old fox saw the little rabbit, and the old fox";
const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
const softmax = (logits: Float32Array, id: number) =>
  Math.exp(logits[id] ?? 0) / logits.reduce((sum, x) => sum + Math.exp(x), 0);
const cells = () =>
  [...document.querySelectorAll("#embeddings tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );

test("lengths, cosines and odds are those that the API gives", async () => {
  await mountPanel(embeddings);
  using gpt = await loadModel(EMBEDDED.source);
  const { activations } = await gpt.trace(SENTENCE, { hooks: ["embed", "pos_embed", "blocks.0.resid_pre"] });
  const length = (hook: string, t: number) =>
    norm(activations[hook]?.data.subarray(256 * t, 256 * (t + 1)) ?? new Float32Array());
  const [strips = "", map = ""] = pictures("embeddings");
  const parts = ["embed", "pos_embed", "blocks.0.resid_pre"].map((hook) => length(hook, 6).toFixed(1));
  expect(strips).toContain(`6 ␣rabbit: token ${parts[0]}, position ${parts[1]}, sum ${parts[2]}.`);
  expect($("#embeddings svg").querySelectorAll("rect").length).toBeGreaterThanOrEqual(12 * 32 * 3);

  const { near, far } = await alike(gpt);
  expect(map).toBe(`On average the cosine is ${near} for positions 16 apart, and ${far} for those 256 apart.`);

  const ids = [...(await gpt.encode(SENTENCE))];
  const mixed = shuffled(ids.length, 1).map((place) => ids[place] ?? 0);
  const blind = { last: true, interventions: [{ ablate: "pos_embed" }] } as const;
  const runs = [
    await gpt.logits(ids, { last: true }),
    await gpt.logits(mixed, { last: true }),
    await gpt.logits(ids, blind),
    await gpt.logits(mixed, blind),
  ];
  const added = async (text: number[], interventions: Intervention[]) => {
    const { activations: found } = await gpt.trace(text, { hooks: ["blocks.0.attn_out"], interventions });
    return found["blocks.0.attn_out"]?.data.slice(-256) ?? new Float32Array();
  };
  const changes = await Promise.all(
    [[], [{ ablate: "pos_embed" } as const]].map(async (changed) => {
      const [plain, moved] = [await added(ids, changed), await added(mixed, changed)];
      return (100 * norm(plain.map((x, i) => x - (moved[i] ?? 0)))) / norm(plain);
    }),
  );
  expect(changes[1]).toBeLessThan(0.05);
  expect($("#embeddings .answer").textContent).toContain(
    `for the last word by ${changes[0]?.toFixed(1)}\u202f%, and once the positions are taken away by <0.1\u202f%.`,
  );
  const best = runs[0]?.indexOf(Math.max(...(runs[0] ?? []))) ?? 0;
  const percents = runs.map((logits) => 100 * softmax(logits, best));
  expect(cells()).toHaveLength(5);
  expect(cells()[0]?.[0]).toBe((await gpt.decode([best])).replace(" ", "␣"));
  cells()[0]
    ?.slice(1)
    .forEach((shown, i) => {
      expect(Math.abs(Number.parseFloat(shown ?? "") - (percents[i] ?? 0))).toBeLessThanOrEqual(0.5);
    });
});

test("shuffling again draws another order, and the written one stays as it was", async () => {
  const before = cells();
  const order = $("#embeddings .bar p").textContent;
  await click("#embeddings button");
  await settled("embeddings");
  expect($("#embeddings .bar p").textContent).not.toBe(order);
  expect(cells().map((row) => row[1])).toEqual(before.map((row) => row[1]));
  expect(cells().map((row) => row[2])).not.toEqual(before.map((row) => row[2]));
});

test("an order has every place once, and the last word last", () => {
  for (const length of [1, 2, 3, 24]) {
    for (const seed of [1, 2, 3]) {
      const places = shuffled(length, seed);
      expect(places.at(-1)).toBe(length - 1);
      expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
    }
  }
});

/** Mean cosines of positions 16 and 256 apart, every 16th of the 512. */
async function alike(gpt: GPT): Promise<{ near: string; far: string }> {
  const { activations } = await gpt.trace(Array(512).fill(5), { hooks: ["pos_embed"] });
  const rows = Array.from(
    { length: 32 },
    (_, i) => activations.pos_embed?.data.subarray(4096 * i, 4096 * i + 256) as Float32Array,
  );
  const mean = (apart: number) => {
    const pairs = rows.slice(apart).map((b, i) => {
      const a = rows[i] as Float32Array;
      return a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0) / norm(a) / norm(b);
    });
    return (pairs.reduce((sum, x) => sum + x, 0) / pairs.length).toFixed(2).replace("-", "−");
  };
  return { near: mean(1), far: mean(16) };
}
