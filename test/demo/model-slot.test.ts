import { expect, test } from "vitest";
import { modelSlot } from "../../demo/model-slot";
import type { GPT } from "../../src/index";
import { fakeGPT } from "./fake";

test("a model that comes after its load was given up is let go", async () => {
  const loads: ((gpt: GPT) => void)[] = [];
  const slot = modelSlot<string>(() => new Promise((resolve) => loads.push(resolve)));
  const open = (name: string) => slot.open({ name, source: name }, undefined, () => undefined);
  const models = [fakeGPT(), fakeGPT(), fakeGPT()];
  const [early, second] = [open("early"), open("second")];
  for (const [i, gpt] of models.slice(0, 2).entries()) loads[i]?.(gpt);
  await expect(early).rejects.toMatchObject({ name: "AbortError" });
  expect(await second).toBe(models[1]);
  const late = open("late");
  slot.dispose();
  loads[2]?.(models[2] as GPT);
  await expect(late).rejects.toMatchObject({ name: "AbortError" });
  expect(models.map(({ disposed }) => disposed)).toEqual([true, true, true]);
  expect(slot.gpt).toBeUndefined();
});
