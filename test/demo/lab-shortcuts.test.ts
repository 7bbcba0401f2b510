import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { shortcuts } from "../../demo/lab/panels/shortcuts";
import { answered, mountLab, mountPanel, pictures, settled } from "./lab-mount";
import { $ } from "./mount";

/** PyTorch's autograd on the network of section 4.4, seed 123. */
const golden: Record<"with" | "without", { meanAbsoluteGradients: number[] }> = await (
  await fetch("/test/golden/shortcuts.json")
).json();

test("the gradients are autograd's, and the first layer's share follows from them", async () => {
  await mountPanel(shortcuts);
  const [alternative = ""] = pictures("shortcuts");
  const known = golden.with.meanAbsoluteGradients.map((value) => value.toFixed(2)).join(", ");
  expect(alternative).toContain(`with shortcuts: ${known}.`);
  expect(alternative).toContain("without shortcuts: 2.0 × 10⁻⁴, 1.2 × 10⁻⁴, 7.2 × 10⁻⁴, 0.0014, 0.0050.");
  const share = (kind: "with" | "without", places: number) => {
    const { meanAbsoluteGradients: g } = golden[kind];
    return `${((100 * (g[0] ?? 0)) / (g[4] ?? 1)).toFixed(places)}\u202f%`;
  };
  const answer = $("#shortcuts .answer").textContent ?? "";
  expect(answer).toContain(`gets ${share("without", 1)} of`);
  expect(answer).toContain(`with them ${share("with", 0)}.`);
  await userEvent.selectOptions($("#shortcuts select"), "Seed 1");
  await expect.poll(() => pictures("shortcuts")[0], { timeout: 20_000 }).not.toBe(alternative);
  await settled("shortcuts");
});

test("the book's five layers are the fewest that are offered", async () => {
  await mountPanel(shortcuts);
  const offered = [...document.querySelectorAll("#shortcuts .bar label:last-child option")];
  expect(offered.map(({ textContent }) => Number(textContent))).toEqual(Array.from({ length: 16 }, (_, i) => 5 + i));
});

test("twenty layers without shortcuts leave the first one nothing, with them as much as ever", async () => {
  await mountPanel(shortcuts);
  await userEvent.selectOptions($("#shortcuts .bar label:last-child select"), "20");
  await expect.poll(() => pictures("shortcuts")[0], { timeout: 20_000 }).toContain("layers 1 to 20 with shortcuts");
  await settled("shortcuts");
  const gradients = (kind: string) =>
    new RegExp(`(?<= ${kind} shortcuts: ).*?(?=\\.(?: |$))`).exec(pictures("shortcuts")[0] ?? "")?.[0].split(", ") ??
    [];
  expect(gradients("without")).toHaveLength(20);
  expect(gradients("without")[0]).toMatch(/× 10⁻¹[⁰¹²³⁴-⁹]/);
  expect(gradients("with")).toHaveLength(20);
  expect(gradients("with")[0]).not.toContain("⁻");
});

test("it speaks Portuguese", async () => {
  await mountLab([shortcuts], "?lang=pt-BR");
  await answered("shortcuts");
  expect($("#shortcuts h2").textContent).toBe("O que os atalhos salvam?");
  expect(pictures("shortcuts")[0]).toContain("com atalhos: 0,22, 0,21");
});
