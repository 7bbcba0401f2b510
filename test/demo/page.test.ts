import { beforeEach, expect, test } from "vitest";
import { userEvent, page as view } from "vitest/browser";
import { STARTS } from "../../demo/defaults";
import type { GenerateOptions, GPT } from "../../src/index";
import { soon } from "../helpers/soon";
import { type FakeSettings, fakeGPT, fakeLoad, SAID, token } from "./fake";
import { $, click, mount, nth, tokens } from "./mount";

beforeEach(() => view.viewport(1180, 860));

const words = (length: number) => Array.from({ length }, (_, i) => token(` word${i}`, i % 9, i));
const many = words(100);
/** Of a model that writes on until it is stopped, with a page that lets it. */
const endless: FakeSettings = { said: words(2000), everyMs: 10 };
const ENDLESS = "#maxNewTokens=2000";
const open = async (settings: FakeSettings = {}, hash = "") => {
  const page = await mount(
    fakeLoad(() => fakeGPT(settings)),
    hash,
  );
  await page.ready;
};

test("the button writes the text, and screen readers get it once it is whole", async () => {
  await open();
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("ended"));
  expect($("#story").textContent).toBe(STARTS[0] + SAID.join(""));
  expect($("#said").textContent).toBe(`${SAID.join("")} The model ended the text here.`);
  expect($("#meter").textContent).toBe("412 tokens/sfirst after 38\u202fms");
  for (const live of document.querySelectorAll("[aria-live], [role=status], [role=alert]")) {
    expect(live.contains($("#story"))).toBe(false);
  }
});

test("Enter writes, Shift and Enter break the line", async () => {
  const asked: FakeSettings["asked"] = [];
  await open({ asked });
  await userEvent.fill($("#prompt"), "The cat");
  await userEvent.keyboard("{Shift>}{Enter}{/Shift}sat {Enter}");
  await soon(() => expect(asked).toHaveLength(1));
  // A space at the end would be a token of its own, which no word follows well.
  expect(asked[0]?.prompt).toBe("The cat\nsat");
});

test("Enter that ends a composition, as of Japanese, writes nothing yet", async () => {
  const asked: FakeSettings["asked"] = [];
  await open({ asked });
  const press = (isComposing: boolean) =>
    $("#prompt").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing, cancelable: true }));
  expect([press(true), asked.length]).toEqual([true, 0]);
  expect([press(false), asked.length]).toEqual([false, 1]);
});

test("text that came with the end, of no token, is there too", async () => {
  await open({ rest: " The" });
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("ended"));
  expect($("#story").textContent).toBe(`${STARTS[0]}${SAID.join("")} The`);
});

test("what was told of a token goes when a new text begins", async () => {
  await open();
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("ended"));
  nth(2).dispatchEvent(new PointerEvent("pointerover", { pointerType: "mouse", bubbles: true }));
  expect($("#answer").hidden).toBe(false);
  $<HTMLFormElement>("#writing").requestSubmit();
  expect($("#answer").hidden).toBe(true);
});

test("a click on a beginning puts it into the prompt", async () => {
  await open();
  await click("#starts li:nth-child(2) button");
  expect($<HTMLTextAreaElement>("#prompt").value).toBe(STARTS[1]);
});

test("stop ends the run and keeps the text; the button does not change its width", async () => {
  await open(endless, ENDLESS);
  const width = $("#go").offsetWidth;
  await click("#go");
  await soon(() => expect(tokens().length).toBeGreaterThan(5));
  await expect.element(view.getByRole("button", { name: "Stop" })).toBeVisible();
  expect($("#go").offsetWidth).toBe(width);
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("Stopped."));
  expect(tokens().length).toBeGreaterThan(5);
  expect(tokens().length).toBeLessThan(2000);
  expect(document.querySelector("#story .caret")).toBeNull();
  await expect.element(view.getByRole("button", { name: "Write on" })).toBeVisible();
});

test("Escape stops, too", async () => {
  await open(endless, ENDLESS);
  await click("#go");
  await soon(() => expect(tokens().length).toBeGreaterThan(2));
  await userEvent.keyboard("{Escape}");
  await soon(() => expect($("#note").textContent).toContain("Stopped."));
});

test("a text that reached its length can be gone on with", async () => {
  const asked: FakeSettings["asked"] = [];
  await open({ asked, said: many.slice(0, 8), finishReason: "length" });
  await click("#go");
  await soon(() => expect($("#keep-going").hidden).toBe(false));
  const first = $("#story").textContent;
  await click("#keep-going");
  await soon(() => expect(tokens()).toHaveLength(16));
  expect(asked[1]?.prompt).toBe(first);
  const written = many.slice(0, 8).map(({ text }) => text);
  await soon(() => expect($("#said").textContent).toBe(`${written.join("")} 8 tokens, as asked.`)); // of this run
  expect($("#note").textContent).toMatch(/^8 tokens, as asked\./);
});

test("a text that had to match is not gone on with: its rest would have to match anew", async () => {
  await open({ said: many.slice(0, 8), finishReason: "length" }, "#constraint=.*");
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("as asked"));
  expect($("#keep-going").hidden).toBe(true);
});

test("the settings reach the model, and every run has a seed that is shown", async () => {
  const asked: { prompt: unknown; options: GenerateOptions }[] = [];
  await open({ asked });
  await click(".more > summary");
  await userEvent.fill($("#topK"), "40");
  await userEvent.fill($("#stop"), "The end");
  await userEvent.selectOptions($("#on-context-full"), "stop");
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("Seed"));
  const options = asked[0]?.options;
  expect(options).toMatchObject({ topK: 40, stop: ["The end"], onContextFull: "stop", temperature: 0.7, minP: 0.08 });
  expect($("#note").textContent).toContain(`Seed ${options?.seed}.`);
});

test("an option without a field of its own is written in JSON, and its seed is the one that is shown", async () => {
  const asked: { prompt: unknown; options: GenerateOptions }[] = [];
  await open({ asked }, `#${new URLSearchParams({ other: '{ "maxTime": 60000, "seed": 5 }' })}`);
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("Seed 5."));
  expect(asked[0]?.options).toMatchObject({ maxTime: 60000, seed: 5, temperature: 0.7 });
});

test("of several texts the first grows on the page, and the others stand under it until the next run", async () => {
  const said = [" one", " other", " two"].map((text, i) => ({ ...token(text, i, i), index: i % 2 }));
  const sequences = [" one two", " other"].map((text, index) => ({
    text,
    index,
    ids: [],
    logprob: -1,
    finishReason: "length" as const,
  }));
  await open({ said, sequences });
  await click("#go");
  await soon(() => expect($("#others").textContent).not.toBe(""));
  expect(tokens().map(({ textContent }) => textContent)).toEqual([" one", " two"]);
  expect([...document.querySelectorAll("#others li")].map(({ textContent }) => textContent)).toEqual([
    "Once upon a time other",
  ]);
  expect($("#said").textContent).toMatch(/ Other ways stand below\.$/);
  $("#others").textContent = "of the last run";
  await click("#go");
  await soon(() => expect($("#others").textContent).toBe("Other waysOnce upon a time other"));
});

test("the link holds prompt, settings and seed", async () => {
  const asked: { prompt: unknown; options: GenerateOptions }[] = [];
  await open({ asked }, "#prompt=The+cat&temperature=1.2");
  await click("#go");
  await soon(() => expect(document.querySelector("#note .link")).not.toBeNull());
  await click("#note .link");
  await soon(() => expect(location.hash).toBe(`#prompt=The+cat&temperature=1.2&seed=${asked[0]?.options.seed}`));
  // Told to those, too, who don't see the button's words change.
  await soon(() => expect($("#said").textContent).toMatch(/^(Copied|It is in the address bar)$/));
  expect($("#note .link").textContent).toBe($("#said").textContent);
});

test("the lab's language stays in the address on the way through this page", async () => {
  const { search } = location;
  const asked = new URLSearchParams(search);
  asked.set("lang", "pt-BR");
  await open({}, `?${asked}`);
  expect($<HTMLAnchorElement>('nav a[href*="lab.html"]').search).toBe(`?${asked}`);
  history.replaceState(null, "", location.pathname + search);
});

test("tokens are asked by the arrow keys, and Escape puts the answer away", async () => {
  await open({ said: many });
  await click("#go");
  await soon(() => expect(tokens()).toHaveLength(100));
  tokens()[0]?.focus();
  expect($("#answer").hidden).toBe(false);
  expect($("#answer").textContent).toContain("␣word0");
  await userEvent.keyboard("{ArrowRight}{ArrowRight}");
  expect($("#answer").textContent).toContain("␣word2");
  expect(document.activeElement).toBe(tokens()[2]);
  expect(tokens().filter((t) => t.tabIndex === 0)).toEqual([tokens()[2]]);
  await userEvent.keyboard("{ArrowDown}");
  const below = document.activeElement as HTMLElement;
  expect(below.getBoundingClientRect().top).toBeGreaterThan(nth(2).getBoundingClientRect().top);
  expect(Math.abs(below.offsetLeft - nth(2).offsetLeft)).toBeLessThan(120);
  await userEvent.keyboard("{End}");
  expect(document.activeElement).toBe(tokens().at(-1));
  await userEvent.keyboard("{Escape}");
  expect($("#answer").hidden).toBe(true);
});

test("Escape that puts the answer away stops no writing, and keys of the browser stay its own", async () => {
  await open(endless, ENDLESS);
  await click("#go");
  await soon(() => expect(tokens().length).toBeGreaterThan(2));
  nth(0).focus();
  const press = (key: string, altKey = false) =>
    nth(0).dispatchEvent(new KeyboardEvent("keydown", { key, altKey, bubbles: true, cancelable: true }));
  expect(press("ArrowRight", true)).toBe(true); // with Alt it goes forward in the history
  expect(document.activeElement).toBe(nth(0));
  expect($("#answer").hidden).toBe(false);
  press("Escape");
  expect($("#answer").hidden).toBe(true);
  const { length } = tokens();
  await soon(() => expect(tokens().length).toBeGreaterThan(length + 1));
  press("Escape");
  await soon(() => expect($("#note").textContent).toContain("Stopped."));
});

test("tokens are asked by the pointer and by a press, within the page's width", async () => {
  await view.viewport(360, 740);
  await open({ said: many });
  await click("#go");
  await soon(() => expect(tokens()).toHaveLength(100));
  for (const token of [nth(4), nth(60)]) {
    await userEvent.hover(token);
    await soon(() => expect($("#answer").textContent).toContain(`␣${token.textContent?.trim()}`));
    const box = $("#answer").getBoundingClientRect();
    expect(box.left).toBeGreaterThanOrEqual(0);
    expect(box.right).toBeLessThanOrEqual(360);
  }
  await userEvent.hover($("h1"));
  expect($("#answer").hidden).toBe(true);
  await userEvent.click(nth(7));
  await userEvent.hover($("h1"));
  expect($("#answer").hidden).toBe(false);
  expect($("#answer").textContent).toContain("␣word7");
});

test("a wrong option is told under the text, and the next run works", async () => {
  const settings: FakeSettings = { fails: new TypeError("topP: found 7; allowed: a finite number from 0 to 1") };
  await open(settings);
  await click("#go");
  await soon(() => expect($("#problem").textContent).toContain("topP: found 7"));
  await expect.element(view.getByRole("button", { name: "Write on" })).toBeVisible();
});

test("a press before the model is there counts when it comes", async () => {
  const steps = Array.from({ length: 6 }, (_, i) => ({ phase: "download" as const, loaded: i, total: 6, rate: 1 }));
  const page = await mount(fakeLoad(() => fakeGPT(), steps, 60));
  $("#go").click(); // at once: a driver's press may take longer than the load
  expect(document.querySelector("#loading progress")).not.toBeNull();
  await page.ready;
  await soon(() => expect(tokens()).toHaveLength(SAID.length));
  expect(document.querySelector("progress")).toBeNull();
});

test("when the first model can't be loaded the page says so, and trying again helps", async () => {
  let tries = 0;
  const page = await mount(fakeLoad(() => (++tries === 1 ? new Error("The server answered 500.") : fakeGPT())));
  await page.ready;
  expect($("#problem").textContent).toContain("The server answered 500.");
  await click("#problem .link");
  await soon(() => expect(document.querySelector("#facts dl")).not.toBeNull());
  expect($("#problem").textContent).toBe("");
});

test("another model takes over only when it is ready; a failure is told in its form and the old one writes on", async () => {
  const models: ReturnType<typeof fakeGPT>[] = [];
  const sources: unknown[] = [];
  const load = fakeLoad((source) => {
    sources.push(source);
    if (source === "nobody/nothing") return new Error("No config.json there: the server answered 404.");
    models.push(fakeGPT());
    return models.at(-1) as GPT;
  });
  await (await mount(load)).ready;
  await userEvent.fill($("#address"), "nobody/nothing");
  await click("#load");
  await soon(() => expect($("#model-problem").textContent).toContain("404"));
  expect(models[0]?.disposed).toBe(false);
  await click("#go");
  await soon(() => expect(tokens()).toHaveLength(SAID.length));

  await userEvent.fill($("#address"), "somebody/mine");
  await click("#load");
  await soon(() => expect($("#facts").textContent).toContain("mine"));
  expect($("#model-problem").textContent).toBe("");
  expect(models[0]?.disposed).toBe(true);
  await click("#back");
  await soon(() => expect($("#facts").textContent).toContain("the story model"));
  expect($("#back").hidden).toBe(true);
  expect(sources).toEqual(["/demo/public/model/", "nobody/nothing", "somebody/mine", "/demo/public/model/"]);
});

test("a model that is replaced while it writes leaves its text, which is told with its seed", async () => {
  await (
    await mount(
      fakeLoad(() => fakeGPT(endless)),
      ENDLESS,
    )
  ).ready;
  await click("#go");
  await soon(() => expect(tokens().length).toBeGreaterThan(2));
  await userEvent.fill($("#address"), "somebody/mine");
  $("#load").click();
  await soon(() => expect($("#facts").textContent).toContain("mine"));
  await soon(() => expect(document.querySelector("#story .caret")).toBeNull());
  expect(tokens().length).toBeLessThan(2000);
  expect($("#problem").textContent).toBe("");
  await soon(() => expect($("#note").textContent).toMatch(/^Stopped: another model took its place\. Seed \d+\./));
  const note = $("#note").textContent;
  await click("#back");
  await soon(() => expect($("#facts").textContent).toContain("the story model"));
  expect($("#note").textContent).toBe(note);
});

test("a loading can be given up", async () => {
  const steps = Array.from({ length: 100 }, (_, i) => ({ phase: "download" as const, loaded: i, total: 100, rate: 1 }));
  let first = true;
  const slow = fakeLoad(() => fakeGPT(), steps, 20);
  const quick = fakeLoad(() => fakeGPT());
  const load: typeof slow = (source, options) => {
    const chosen = first ? quick : slow;
    first = false;
    return chosen(source, options);
  };
  await (await mount(load)).ready;
  await userEvent.fill($("#address"), "somebody/large");
  await click("#load");
  await soon(() => expect(document.querySelector("#own-progress progress")).not.toBeNull());
  expect(document.activeElement).toBe($("#cancel")); // the pressed button can't be pressed now
  await click("#cancel");
  await soon(() => expect($("#cancel").hidden).toBe(true));
  expect(document.activeElement).toBe($("#load"));
  expect($("#model-problem").textContent).toBe("");
  expect($("#facts").textContent).toContain("the story model");
});

test("files dropped while a model loads take its place: the form stays busy with them, and nothing is told", async () => {
  const loads: ((gpt: GPT) => void)[] = [];
  const load = (_: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<GPT>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      loads.push(resolve);
    });
  await mount(load);
  for (const name of ["first.gguf", "second.gguf"]) {
    const before = loads.length;
    const drop = new DataTransfer();
    drop.items.add(new File(["x"], name));
    $("main").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: drop }));
    await soon(() => expect(loads).toHaveLength(before + 1));
    await new Promise((resolve) => setTimeout(resolve)); // the load that was given up has ended
    expect($("#cancel").hidden).toBe(false);
    expect($("#problem").textContent).toBe("");
  }
  loads.at(-1)?.(fakeGPT());
  await soon(() => expect($("#facts").textContent).toContain("second.gguf"));
  expect($("#cancel").hidden).toBe(true);
});

test("chosen files are opened, and missing ones named", async () => {
  const sources: unknown[] = [];
  await (
    await mount(
      fakeLoad((source) => {
        sources.push(source);
        return fakeGPT();
      }),
    )
  ).ready;
  const files = ["config.json", "model.safetensors", "tokenizer.json"].map((name) => new File(["{}"], name));
  await userEvent.upload($("#files"), files.slice(0, 1));
  await soon(() => expect($("#model-problem").textContent).toContain("model.safetensors and tokenizer.json"));
  expect($<HTMLInputElement>("#files").value).toBe(""); // else choosing the same files again would not be heard
  const drop = new DataTransfer();
  for (const file of files) drop.items.add(file);
  $("main").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: drop }));
  await soon(() => expect(sources).toHaveLength(2));
  expect(Object.keys(sources[1] as object)).toEqual(["config", "weights", "tokenizer"]);
});

test("the form is marked while files are over the page, and no longer", async () => {
  await open();
  const after = (...types: string[]) => {
    for (const type of types) $("main").dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true }));
    return $("#own").classList.contains("over");
  };
  expect(after("dragleave")).toBe(false); // of a drag that began before the page was there
  expect(after("dragenter")).toBe(true);
  expect(after("dragenter", "dragleave")).toBe(true); // over another element of the page
  expect(after("drop")).toBe(false);
  expect(after("dragenter")).toBe(true);
  expect(after("dragleave")).toBe(false);
});

test("a page that is over opens no dropped files any more", async () => {
  const opened: unknown[] = [];
  const load = (page: string) =>
    fakeLoad(() => {
      opened.push(page);
      return fakeGPT();
    });
  await (await mount(load("first"))).ready;
  await (await mount(load("second"))).ready;
  const drop = new DataTransfer();
  drop.items.add(new File(["x"], "small.gguf"));
  $("main").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: drop }));
  await soon(() => expect($("#facts").textContent).toContain("small.gguf"));
  expect(opened).toEqual(["first", "second", "second"]);
});

test("the text pushes nothing that is seen, and the figures keep their place", async () => {
  for (const width of [1180, 360]) {
    await view.viewport(width, 740);
    await open({ said: many, everyMs: 4 });
    const meter = $("#meter").getBoundingClientRect();
    const shifts: number[] = [];
    const watch = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
    });
    watch.observe({ type: "layout-shift" });
    await click("#go");
    await soon(() => expect($("#note").textContent).toContain("ended"));
    watch.disconnect();
    expect(
      shifts.reduce((sum, shift) => sum + shift, 0),
      `at ${width} px`,
    ).toBeLessThan(0.005);
    expect($("#meter").getBoundingClientRect().height).toBe(meter.height);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
  }
});

test("a key pressed while the model writes gives the page to the reader", async () => {
  await view.viewport(500, 400);
  await open(endless, ENDLESS);
  await userEvent.click($("#prompt"));
  await userEvent.keyboard("{Enter}");
  await soon(() => expect(scrollY).toBeGreaterThan(100)); // it follows the text
  await userEvent.keyboard("{Tab}");
  scrollTo(0, 0);
  const written = tokens().length;
  await soon(() => expect(tokens().length).toBeGreaterThan(written + 10));
  expect(scrollY).toBe(0);
});

test("fields are not restored behind the numbers that tell of them", async () => {
  await open();
  for (const field of document.querySelectorAll("#controls :is(input, textarea, select)"))
    expect(field.getAttribute("autocomplete"), field.id).toBe("off");
});

test("the keyboard goes on where a pressed button goes away", async () => {
  await open({ said: many.slice(0, 9), everyMs: 1, finishReason: "length" });
  await click("#go");
  await soon(() => expect($("#keep-going").hidden).toBe(false));
  $("#keep-going").focus();
  await userEvent.keyboard("{Enter}");
  await soon(() => expect(tokens().length).toBeGreaterThan(9));
  expect([$("#go"), $("#keep-going")]).toContain(document.activeElement);
  await soon(() => expect($("#keep-going").hidden).toBe(false));
  expect(document.activeElement).toBe($("#keep-going"));
});
