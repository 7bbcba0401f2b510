import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { userEvent, page as view } from "vitest/browser";
import type { GPT, loadModel } from "../../src/index";
import { soon } from "../helpers/soon";
import { fakeGPT, fakeLoad } from "./fake";
import { $, click, EMBEDDED, mount } from "./mount";

beforeEach(() => view.viewport(1180, 860));
afterEach(() => vi.restoreAllMocks());

interface Load {
  source: unknown;
  end(model: GPT | Error): void;
}

/** A loader whose loads end when the test says so, or are given up. */
function loadsByHand() {
  const loads: Load[] = [];
  const load = (source: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<GPT>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      const end = (model: GPT | Error) => (model instanceof Error ? reject(model) : resolve(model));
      loads.push({ source, end });
    });
  return { loads, load: load as unknown as typeof loadModel };
}

const openOwn = async (address: string) => {
  await userEvent.fill($("#address"), address);
  await click("#load");
};

/** Drags this over the page, or drops it there; says whether the browser may do with it what it likes. */
const drag = (type: string, dataTransfer: DataTransfer) =>
  $("#prompt").dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));

test("where another model took the first one's place and does not come, the first one is loaded after all", async () => {
  const { loads, load } = loadsByHand();
  await mount(load);
  await openOwn("nobody/nothing");
  loads.at(-1)?.end(new Error("No config.json there: the server answered 404."));
  await soon(() =>
    expect(loads.map(({ source }) => source)).toEqual([EMBEDDED.source, "nobody/nothing", EMBEDDED.source]),
  );
  expect($("#model-problem").textContent).toContain("404");
  await openOwn("somebody/large");
  await click("#cancel");
  await soon(() => expect(loads.slice(3).map(({ source }) => source)).toEqual(["somebody/large", EMBEDDED.source]));
  loads.at(-1)?.end(fakeGPT());
  await soon(() => expect($("#facts").textContent).toContain("the story model"));
});

test("a new try clears the error of the one before, and another model's load the offer to try again", async () => {
  const { loads, load } = loadsByHand();
  const { ready } = await mount(load);
  loads[0]?.end(new Error("The server answered 500."));
  await ready;
  await click("#problem .link");
  await soon(() => expect(loads).toHaveLength(2));
  expect($("#problem").textContent).toBe("");
  loads[1]?.end(new Error("The server answered 500."));
  await soon(() => expect($("#problem").textContent).toContain("500"));
  await openOwn("somebody/mine");
  await soon(() => expect(loads).toHaveLength(3));
  expect($("#problem").textContent).toBe("");
});

test("the first model, asked for once more and failing, is not asked for again but by the reader", async () => {
  const { loads, load } = loadsByHand();
  await mount(load);
  await click("#load");
  await soon(() => expect(loads).toHaveLength(2));
  loads[1]?.end(new Error("The server answered 500."));
  await soon(() => expect($("#problem").textContent).toContain("500"));
  expect(loads.map(({ source }) => source)).toEqual([EMBEDDED.source, EMBEDDED.source]);
  await click("#problem .link");
  await soon(() => expect(loads).toHaveLength(3));
});

test("text is dragged into the fields as on any page, and is no model", async () => {
  await (await mount(fakeLoad(() => fakeGPT()))).ready;
  const words = new DataTransfer();
  words.items.add("The old fox", "text/plain");
  expect(["dragenter", "dragover", "drop"].map((type) => drag(type, words))).toEqual([true, true, true]);
  expect($("#own").classList.contains("over")).toBe(false);
  const file = new DataTransfer();
  file.items.add(new File(["x"], "notes.txt"));
  expect(drag("dragover", file)).toBe(false);
  drag("drop", file);
  await soon(() => expect($("#model-problem").textContent).toContain("notes.txt"));
});

test("a dropped folder that can't be read is told", async () => {
  await (await mount(fakeLoad(() => fakeGPT()))).ready;
  const folder = { isFile: false, isDirectory: true, createReader: () => ({ readEntries: refuse }) };
  function refuse(_: unknown, reject: (error: Error) => void) {
    reject(new DOMException("The folder could not be read.", "NotReadableError"));
  }
  vi.spyOn(DataTransferItem.prototype, "webkitGetAsEntry").mockReturnValue(folder as unknown as FileSystemEntry);
  const drop = new DataTransfer();
  drop.items.add(new File(["x"], "folder"));
  drag("drop", drop);
  await soon(() => expect($("#model-problem").textContent).toBe("The folder could not be read."));
});

test("a number format that is picked while a model loads stays picked, and the next model's is shown again", async () => {
  const { loads, load } = loadsByHand();
  await mount(load);
  await userEvent.selectOptions($("#format"), "f32");
  loads[0]?.end(fakeGPT());
  await soon(() => expect($("#facts").textContent).toContain("the story model"));
  expect($<HTMLSelectElement>("#format").value).toBe("f32");
  await openOwn("somebody/mine");
  loads[1]?.end(fakeGPT());
  await soon(() => expect($("#facts").textContent).toContain("mine"));
  expect($<HTMLSelectElement>("#format").value).toBe("q8_0");
});

test("a link to what another model wrote says that it opens with the story model", async () => {
  await (await mount(fakeLoad(() => fakeGPT()))).ready;
  await openOwn("somebody/mine");
  await soon(() => expect($("#facts").textContent).toContain("mine"));
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("ended"));
  await click("#note .link");
  await soon(() =>
    expect($("#note .link").textContent).toMatch(/^(Copied|It is in the address bar): it opens with the story model$/),
  );
});

test("a press before the model is there is told in sight, and after a load that failed loads it again", async () => {
  const { loads, load } = loadsByHand();
  const { ready } = await mount(load);
  await click("#go");
  expect($("#note").textContent).toBe("The text begins as soon as the model is here.");
  expect(loads).toHaveLength(1);
  loads[0]?.end(new Error("The server answered 500."));
  await ready;
  expect($("#note").textContent).toBe("");
  await click("#go");
  expect($("#problem").textContent).toBe("");
  expect($("#note").textContent).toBe("The text begins as soon as the model is here.");
  expect(loads).toHaveLength(2);
  loads[1]?.end(fakeGPT());
  await soon(() => expect($("#note").textContent).toContain("ended"));
});

test("the keyboard stays at the text when it is tried again", async () => {
  const { loads, load } = loadsByHand();
  const { ready } = await mount(load);
  loads[0]?.end(new Error("The server answered 500."));
  await ready;
  $("#problem .link").focus();
  await userEvent.keyboard("{Enter}");
  expect(document.activeElement).toBe($("#go"));
});
