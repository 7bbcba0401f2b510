import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { model } from "../../demo/lab/panels/model";
import { partsOf } from "../../demo/lab/panels/model/parts";
import { createModel, type GPT, type GPTConfigInput, loadModel, type ParameterNode } from "../../src/index";
import { mountPanel } from "./lab-mount";
import { $, EMBEDDED } from "./mount";

const golden = await (await fetch("/test/golden/book-numbers.json")).json();

const figure = (nth: number) => $(`#model figure:nth-child(${nth})`);
const column = (nth: number, cell: number) =>
  [...figure(nth).querySelectorAll("tbody tr")].map((row) => row.children[cell]?.textContent ?? "");
const grouped = (n: number) => n.toLocaleString("en");

/** Where a tensor belongs, by its name. */
const OF_PART: Record<string, RegExp> = {
  embeddings: /^(tok|pos)_emb\./,
  attention: /\.att\./,
  feedForward: /\.ff\./,
  norms: /norm/,
  head: /^out_head\./,
};

/** The parts' sizes summed from the tensors that the model itself reports. */
async function summed(gpt: GPT): Promise<Record<string, number>> {
  const leaves: [string, number][] = [];
  const walk = ({ name, children = [], count }: ParameterNode, path: readonly string[]) => {
    if (children.length === 0) leaves.push([[...path, name].join("."), count]);
    for (const child of children) walk(child, [...path, name]);
  };
  for (const child of (await gpt.parameters()).children ?? []) walk(child, []);
  return Object.fromEntries(
    Object.entries(OF_PART).map(([part, names]) => [
      part,
      leaves.filter(([name]) => names.test(name)).reduce((sum, [, count]) => sum + count, 0),
    ]),
  );
}

test("each part's share is that of the model's own tensors, and the chapter's sizes stand beside it", async () => {
  await mountPanel(model);
  using gpt = await loadModel(EMBEDDED.source);
  const parts = await summed(gpt);
  const total = gpt.info.parameters;
  expect(Object.values(parts).reduce((a, b) => a + b)).toBe(total);
  const shown = column(1, 1);
  for (const [i, count] of Object.values(parts).entries())
    expect(shown[i]).toMatch(new RegExp(`^${grouped(count)} · `));
  expect(shown[2]).toBe(
    `${grouped(parts.feedForward ?? 0)} · ${Math.round((100 * (parts.feedForward ?? 0)) / total)}\u202f%`,
  );
  expect(shown[5]).toBe(grouped(total));

  const { attention, feedForward } = golden.modules;
  const small = column(1, 2).map((cell) => cell.split(" · ")[0]);
  expect(small).toEqual([39_383_808, 12 * attention, 12 * feedForward, 38_400, 38_597_376, 163_009_536].map(grouped));
  expect($("#model .answer").textContent).toMatch(/^They .* 5,918,720 .* 163,009,536 .* 124,412,160 /);
});

test("the family's sizes, tied and not, are PyTorch's", () => {
  const [own, tied] = [column(3, 1), column(3, 2)];
  for (const [i, name] of ["gpt2-small", "gpt2-medium", "gpt2-large", "gpt2-xl"].entries()) {
    const { parameters, parametersTied } = golden.family[name];
    expect(column(3, 0)[i + 1]).toContain(name);
    expect(own[i + 1]?.startsWith(grouped(parameters)), `${name}: ${own[i + 1]}`).toBe(true);
    expect(tied[i + 1]?.startsWith(grouped(parametersTied)), `${name}: ${tied[i + 1]}`).toBe(true);
  }
  expect(own[1]).toContain("652\u202fMB");
  expect($("#model figure:last-of-type figcaption").textContent).toContain(
    `takes ${golden.family["gpt2-small"].megabytes}.`,
  );
  expect(tied[0]).toContain("5,918,720");
});

test("the tree opens by keyboard down to a tensor's shape, and a tied head is said to be the embedding", async () => {
  expect(figure(2).textContent).toContain("same as tok_emb");
  const tensor = [...figure(2).querySelectorAll<HTMLElement>(".row")].find((row) =>
    row.textContent?.includes("W_query"),
  );
  const closed = [...figure(2).querySelectorAll("details")].filter((each) => tensor && each.contains(tensor));
  expect(closed.length).toBeGreaterThan(1);
  expect(tensor?.checkVisibility()).toBe(false);
  for (const each of closed) {
    if (each.open) continue;
    each.querySelector("summary")?.focus();
    await userEvent.keyboard("{Enter}");
  }
  expect(tensor?.checkVisibility()).toBe(true);
});

test("the parts of any configuration are those of its model", async () => {
  const small = { vocabSize: 50, contextLength: 8, embDim: 16, nHeads: 2, nLayers: 3 };
  const variants: Partial<GPTConfigInput>[] = [
    {},
    { tied: true, qkvBias: true },
    { norm: "rms", activation: "swiglu" },
    { experts: { count: 3, topK: 1 } },
    { dummy: true },
  ];
  for (const variant of variants) {
    using gpt = await createModel({ ...small, ...variant }, { seed: 1 });
    expect(partsOf(gpt.config), JSON.stringify(variant)).toEqual(await summed(gpt));
  }
});
