import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import type { Panel } from "../../demo/lab/panel";
import { shortcuts } from "../../demo/lab/panels/shortcuts";
import { soon } from "../helpers/soon";
import { mountLab, mountPanel, pictures } from "./lab-mount";
import { $, click, EMBEDDED } from "./mount";

const MISSING = { name: "missing", source: "/demo/nothing-here/" };

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
  await soon(() => expect($("#model-problem").textContent).toContain("model.safetensors"));
  expect(problem().textContent).toBe("");
  drop(...(await Promise.all(["config.json", "model.safetensors", "tokenizer.json"].map(fileOf))));
  await soon(() => expect($("#model-facts").textContent).toContain("model.safetensors"));
  for (const each of document.querySelectorAll("aside .problem")) expect(each.textContent).toBe("");
});

test("a load that is cancelled by keyboard leaves the focus at the choice", async () => {
  await mountLab([plain]);
  await click("#model-own");
  await userEvent.fill($("#address"), `/faults/fault=slow&delay=300&file=model.safetensors&lab=${Date.now()}/relu40`);
  await userEvent.keyboard("{Enter}");
  await soon(() => expect($("#cancel").hidden).toBe(false));
  $("#cancel").focus();
  await userEvent.keyboard("{Enter}");
  await soon(() => expect(radio("story").checked).toBe(true));
  expect($("#own").hidden).toBe(true);
  expect(document.activeElement).toBe(radio("story"));
});

test("an address that is wrong can be corrected where there is no model yet, too", async () => {
  await mountLab([plain], "?lang=en", MISSING);
  await click("#model-own");
  await userEvent.fill($("#address"), MISSING.source);
  await click("#load");
  await soon(() => expect($("#model-problem").textContent).toContain("config.json"));
  await soon(() => expect($("#cancel").hidden).toBe(true));
  expect(radio("own").checked).toBe(true);
  expect($("#own").hidden).toBe(false);
});

test("where no model came, none is chosen in another language either", async () => {
  await mountLab([plain], "?lang=en", MISSING);
  await click('[lang="pt-BR"]');
  expect(document.querySelector("input[type=radio]:checked")).toBeNull();
  expect($(".panel > .body").inert).toBe(true); // its controls have nothing to change yet
});

test("what was chosen stays chosen in another language", async () => {
  await mountPanel(shortcuts);
  await userEvent.selectOptions($("#shortcuts .bar label:last-child select"), "9");
  await click("#model-own");
  await userEvent.fill($("#address"), MISSING.source);
  await click("#load");
  await soon(() => expect($("#model-problem").textContent).toMatch(/^The library says: .*config\.json/));
  await click('[lang="pt-BR"]');
  expect($("#own").hidden).toBe(false);
  expect($<HTMLInputElement>("#address").value).toBe(MISSING.source);
  await soon(() => expect(pictures("shortcuts")[0]).toContain("camadas 1 a 9"));
  await click("#load");
  await soon(() => expect($("#model-problem").textContent).toMatch(/^A biblioteca diz, em inglês: /));
  expect($("#model-problem [lang=en]").textContent).toContain("config.json");
});
