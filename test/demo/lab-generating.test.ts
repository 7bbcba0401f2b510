import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { entropy, softmax } from "../../demo/lab/maths";
import { generating } from "../../demo/lab/panels/generating";
import { createModel, type GPT, loadModel } from "../../src/index";
import { mountPanel, settled } from "./lab-mount";
import { $, EMBEDDED } from "./mount";

const SENTENCE = "The old fox saw the little rabbit, and the old fox";

const figure = (nth: number) => $(`#generating figure:nth-child(${nth})`);
const cells = (nth: number) =>
  [...figure(nth).querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent ?? ""));
const numbersIn = (cell = "") =>
  Number(
    cell
      .replace(",", "")
      .replace(/[^\d.−]/g, "")
      .replace("−", "-"),
  );

/** Probability of the id as the generator itself reports it, tokens in the order of their odds. */
async function top(gpt: GPT, count: number) {
  const options = { temperature: 0, logprobs: count, maxNewTokens: 1 };
  for await (const token of gpt.generate(SENTENCE, options).tokens()) return token.top ?? [];
  return [];
}

/** −Σ p·log₂ p of a model's next token, straight from its log-probabilities. */
async function bits(gpt: GPT, ids: Int32Array): Promise<number> {
  const logits = await gpt.logits(ids, { last: true });
  const sum = logits.reduce((all, x) => all + Math.exp(x), 0);
  return logits.reduce((all, x) => all - (Math.exp(x) / sum) * ((x - Math.log(sum)) / Math.LN2), 0);
}

test("the odds are the generator's own, and the temperature reshapes them", async () => {
  await mountPanel(generating);
  using gpt = await loadModel(EMBEDDED.source);
  const expected = await top(gpt, 10);
  const shown = cells(1);
  expect(shown).toHaveLength(11);
  for (const [i, { text, logprob }] of expected.entries()) {
    expect(shown[i]?.[0]).toBe(text.replace(" ", "␣"));
    expect(numbersIn(shown[i]?.[2]) / 100).toBeCloseTo(Math.exp(logprob), 2);
  }
  expect($("#generating .answer").textContent).toContain(`${shown[0]?.[0]} is the likeliest with ${shown[0]?.[2]}`);

  // Half the temperature squares the odds between two tokens.
  $<HTMLInputElement>("#generating input").focus();
  await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
  await settled("generating");
  expect($("#generating input").getAttribute("aria-valuetext")).toBe("0.5");
  const [first, second] = cells(1).map((row) => numbersIn(row[3]));
  const ratio = Math.exp(2 * ((expected[0]?.logprob ?? 0) - (expected[1]?.logprob ?? 0)));
  expect((first ?? 0) / (second ?? 1) / ratio).toBeCloseTo(1, 1);
  expect(figure(1).textContent).toContain("bits at 0.5");
});

test("what the filters leave is counted from the odds, and the texts are the generator's", async () => {
  using gpt = await loadModel(EMBEDDED.source);
  const ids = await gpt.encode(SENTENCE);
  const logits = await gpt.logits(ids, { last: true });
  const powers = logits.map((x) => Math.exp(x / 0.5)).sort((a, b) => b - a);
  const sum = powers.reduce((a, b) => a + b, 0);
  const odds = powers.map((x) => x / sum);
  let nucleus = 0;
  for (let reached = 0; reached < 0.9; nucleus++) reached += odds[nucleus] ?? 1;
  const kept = [10, nucleus, odds.filter((p) => p >= 0.1 * (odds[0] ?? 0)).length];
  const shown = cells(2);
  expect(shown.map((row) => numbersIn(row[1]))).toEqual(kept);
  for (const [i, count] of kept.entries()) {
    const removed = odds.slice(count).reduce((a, b) => a + b, 0);
    expect(numbersIn(shown[i]?.[2]) / 100).toBeCloseTo(removed, 2);
  }

  const [greedy, sampled] = [...figure(3).querySelectorAll(".written")].map((each) => each.textContent);
  const write = async (temperature: number, seed: number) =>
    `… fox${(await gpt.generate(SENTENCE, { temperature, seed, maxNewTokens: 20 })).text}`;
  expect(greedy).toBe(await write(0, 1));
  expect(sampled).toBe(await write(0.5, 1));
  await userEvent.click($("#generating button"));
  await settled("generating");
  await expect.poll(() => figure(3).textContent).toContain("seed 2");
  await expect.poll(() => figure(3).querySelectorAll(".written")[1]?.textContent).toBe(await write(0.5, 2));
});

test("the model's entropy, its untrained twin's and an even choice's stand side by side", async () => {
  using gpt = await loadModel(EMBEDDED.source);
  using untrained = await createModel(gpt.config, { seed: 1, format: gpt.info.format });
  const ids = await gpt.encode(SENTENCE);
  const shown = cells(4).map((row) => numbersIn(row[1]));
  expect(shown).toHaveLength(3);
  expect(shown[0]).toBeCloseTo(await bits(gpt, ids), 1);
  expect(shown[1]).toBeCloseTo(await bits(untrained, ids), 1);
  expect(shown[2]).toBe(12);
  expect(shown[1]).toBeGreaterThan(11.5);
});

test("softmax and entropy hold for scores whose powers overflow, and for one token alone", () => {
  expect([...softmax([1000, 1000, -1000])]).toEqual([0.5, 0.5, 0]);
  expect([...softmax([1, 3], 0.1)][1]).toBeCloseTo(1 / (1 + Math.exp(-20)), 12);
  expect(entropy([0.5, 0.25, 0.25, 0])).toBe(1.5);
  expect(entropy([1, 0])).toBe(0);
});

test("a choice that is none is no die of one side", async () => {
  await mountPanel(generating);
  $<HTMLInputElement>("#generating input").focus();
  await userEvent.keyboard("{Home}");
  await settled("generating");
  expect(figure(1).textContent).toMatch(/bits at 0\.1, which is hardly a choice any more\.$/);
});
