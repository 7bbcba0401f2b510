import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { attention } from "../../demo/lab/panels/attention";
import { type GPT, loadModel } from "../../src/index";
import { soon } from "../helpers/soon";
import { mountPanel, pictures, settled } from "./lab-mount";
import { $, EMBEDDED } from "./mount";

const SENTENCE = "The old fox saw the little rabbit, and the old fox";
const percent = (share: number) => `${share >= 0.0995 ? (100 * share).toFixed(0) : (100 * share).toFixed(1)}\u202f%`;

/** How much a token looks at each, from the API. */
async function looks(gpt: GPT, layer: number, head: number, token: number): Promise<number[]> {
  const hook = `blocks.${layer}.attn.pattern`;
  const { activations } = await gpt.trace(SENTENCE, { hooks: [hook] });
  return [...(activations[hook]?.data.slice((head * 12 + token) * 12, (head * 12 + token) * 12 + 12) ?? [])];
}

const options = () => [...document.querySelectorAll<HTMLElement>("#attention [role=option]")];
const shades = () => options().map((option) => Number(option.style.getPropertyValue("--s")));
const said = () => $("#attention [role=status]").textContent ?? "";

test("a token that is asked, by arrow keys or pointer, shows where it looks", async () => {
  await mountPanel(attention);
  using gpt = await loadModel(EMBEDDED.source);
  expect(
    options()
      .map(({ textContent }) => textContent)
      .join(""),
  ).toBe("The␣old␣fox␣saw␣the␣little␣rabbit,␣and␣the␣old␣fox");
  const agree = async (layer: number, head: number, token: number) => {
    const expected = await looks(gpt, layer, head, token);
    expect(expected.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    for (const [i, shade] of shades().entries()) expect(shade).toBeCloseTo(expected[i] ?? 0, 3);
    const most = Math.max(...expected);
    expect(said()).toContain(`${options()[expected.indexOf(most)]?.textContent} ${percent(most)}`);
  };
  await agree(2, 0, 11);
  options()[11]?.focus();
  await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
  expect(
    options()
      .map(({ tabIndex }) => tabIndex)
      .indexOf(0),
  ).toBe(9);
  await agree(2, 0, 9);
  await userEvent.hover(options()[6] as HTMLElement);
  await agree(2, 0, 6);
  await userEvent.selectOptions($("#attention .picker:nth-child(2) select"), "4");
  await expect.poll(() => pictures("attention")[0]).toContain("Layer 3, head 4");
  await settled("attention");
  await agree(2, 3, 6);
});

test("the habits of the heads and the effect of taking one out are the API's", async () => {
  using gpt = await loadModel(EMBEDDED.source);
  const { activations } = await gpt.trace(SENTENCE, { hooks: ["blocks.*.attn.pattern"] });
  const mean = (at: (t: number) => number) => {
    const shares = Object.values(activations).flatMap(({ data }) =>
      [0, 1, 2, 3].flatMap((head) =>
        Array.from({ length: 11 }, (_, i) => data[(head * 12 + i + 1) * 12 + at(i + 1)] ?? 0),
      ),
    );
    expect(shares).toHaveLength(6 * 4 * 11);
    return percent(shares.reduce((sum, share) => sum + share, 0) / shares.length);
  };
  expect(pictures("attention")[1]).toBe(
    `Over all heads, ${mean(() => 0)} goes to the first token, ${mean((t) => t - 1)} to the one before and ${mean((t) => t)} to the token itself.`,
  );
  const { effect } = await gpt.trace(SENTENCE, { hooks: [], interventions: [{ ablate: { layer: 2, head: 3 } }] });
  const silent = Array.from({ length: 6 }, (_, layer) => ({ scale: `blocks.${layer}.attn.z`, by: 0 }));
  const { effect: none } = await gpt.trace(SENTENCE, { hooks: [], interventions: silent });
  // 1/2 + 1/3 + … + 1/12 over 11 positions.
  expect($("#attention .answer").textContent).toContain(`an even look would give either ${percent(2.1032106 / 11)};`);
  expect($("#attention .answer").textContent).toContain(
    `without head 4 of layer 3 the next word moves by ${effect?.kl.toFixed(2)} nats, without any attention by ${none?.kl.toFixed(2)}.`,
  );
});

test("a token that stands alone has only itself to look at, and is compared to no even look", async () => {
  await mountPanel(attention);
  await userEvent.fill($("#sentence"), "a");
  await soon(() => expect($("#attention .answer").textContent).toContain("only itself to look at"));
  expect($("#attention .answer").textContent).not.toContain("even");
});
