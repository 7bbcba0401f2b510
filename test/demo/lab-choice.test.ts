import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import type { Panel } from "../../demo/lab/panel";
import { soon } from "../helpers/soon";
import { mountLab } from "./lab-mount";
import { $, click, EMBEDDED } from "./mount";

/** A panel that shows nothing. */
const plain: Panel = { key: "embeddings", hooks: [], source: "here", build: () => async () => {} };

const problem = () => $("aside section > .problem");
const radio = (kind: string) => $<HTMLInputElement>(`#model-${kind}`);
const drop = (...files: File[]) => {
  const dataTransfer = new DataTransfer();
  for (const file of files) dataTransfer.items.add(file);
  $("main").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
};
const fileOf = async (name: string) => new File([await (await fetch(`${EMBEDDED.source}${name}`)).arrayBuffer()], name);

test("files that are no model are told in sight, and no longer than until a model is loaded", async () => {
  await mountLab([plain]);
  drop(new File(["x"], "model.safetensors"));
  await soon(() => expect(problem().textContent).toContain("config.json"));
  expect(problem().checkVisibility()).toBe(true);
  await click("#model-own");
  await userEvent.upload($("#files"), new File(["{}"], "config.json"));
  await soon(() => expect(problem().textContent).toContain("model.safetensors"));
  drop(...(await Promise.all(["config.json", "model.safetensors", "tokenizer.json"].map(fileOf))));
  await soon(() => expect($("#model-facts").textContent).toContain("model.safetensors"));
  for (const each of document.querySelectorAll("aside .problem")) expect(each.textContent).toBe("");
});
