import { expect, test, vi } from "vitest";
import { DEFAULTS } from "../../demo/defaults";
import { follow } from "../../demo/follow";
import { alternatives } from "../../demo/panels/alternatives";
import { controls } from "../../demo/panels/controls";
import { configuration, facts } from "../../demo/panels/facts";
import { loading, progressText } from "../../demo/panels/loading";
import { meter, recentRate, sparkline } from "../../demo/panels/meter";
import { outcome, spoken } from "../../demo/panels/outcome";
import { parameters } from "../../demo/panels/parameters";
import { story } from "../../demo/panels/story";
import { pieceOf } from "../../demo/surprise";
import { soon } from "../helpers/soon";
import { CONFIG, INFO, TREE, token } from "./fake";

const host = () => {
  const made = document.createElement("div");
  document.body.replaceChildren(made);
  return made;
};

test("the story shows what was given, the tokens in their amber, and the caret last", () => {
  const at = host();
  const text = story(at);
  text.begin("Once");
  text.add(token(" upon", 4));
  text.add(token(" a", 0));
  expect(at.textContent).toBe("Once upon a");
  expect(text.text).toBe("Once upon a");
  expect([...at.querySelectorAll<HTMLElement>(".t")].map((t) => t.style.getPropertyValue("--s"))).toEqual([
    "0.50",
    "0.00",
  ]);
  expect([...at.querySelectorAll("span")].at(-1)?.className).toBe("caret");
  text.end();
  expect(at.querySelector(".caret")).toBeNull();
});

test("after a line break the story grows in a block of its own, as high and read as if it were one", () => {
  const at = host();
  at.style.whiteSpace = "pre-wrap";
  const text = story(at);
  const said = [" one", ".", "\n", "\n", " two", "\n\n", "three"];
  text.begin("Once\n");
  for (const word of said) text.add(token(word));
  text.end();
  const blocks = [...at.querySelectorAll(".t")].map((t) => t.parentElement);
  expect(blocks.map((block) => [...new Set(blocks)].indexOf(block))).toEqual([0, 0, 0, 1, 2, 2, 3]);
  getSelection()?.selectAllChildren(at);
  expect(getSelection()?.toString()).toBe(text.text);
  getSelection()?.removeAllRanges();
  const height = at.offsetHeight;
  at.textContent = text.text;
  expect(at.offsetHeight).toBe(height);
});

test("half a character waits for its other half", () => {
  const at = host();
  const text = story(at);
  text.begin("");
  text.add(token("", 3));
  expect(at.querySelectorAll(".t")).toHaveLength(0);
  text.add(token("é", 1));
  expect(at.querySelectorAll(".t")).toHaveLength(1);
  expect(text.pieceAt(at.querySelector(".t"))?.piece.tokens).toHaveLength(2);
  expect(text.tokens).toBe(2);
});

test("who scrolls before the frame that would follow the text is left alone", async () => {
  const life = new AbortController();
  const end = document.createElement("span");
  const look = vi.spyOn(end, "scrollIntoView").mockReturnValue();
  const frame = () => new Promise(requestAnimationFrame);
  const following = follow(() => end, life.signal);
  following.begin();
  following.grew();
  dispatchEvent(new Event("wheel"));
  await frame();
  expect(look).not.toHaveBeenCalled();
  following.begin();
  for (let tokens = 0; tokens < 3; tokens++) following.grew();
  await frame();
  expect(look).toHaveBeenCalledTimes(1);
  life.abort();
});

test("half a character of a text before is no part of the next", () => {
  const told = story(host());
  told.begin("Once");
  told.add(token("", 3));
  told.begin("Twice");
  told.add(token(" upon", 1));
  const [shown] = document.querySelectorAll(".t");
  expect(told.pieceAt(shown ?? null)?.piece).toMatchObject({ bits: 1, tokens: [{ text: " upon" }] });
});

test("text that no token brought is there at the end", () => {
  const at = host();
  const text = story(at);
  text.begin("Once");
  text.add(token(" upon"));
  text.end("Once upon a");
  expect(at.textContent).toBe("Once upon a");
  expect(text.text).toBe("Once upon a");
  expect(at.querySelectorAll(".t")).toHaveLength(1);
});

test("what follows text that no token brought stands behind it, and has only its own surprise", () => {
  const at = host();
  const text = story(at);
  text.begin("Once");
  for (const [word, rest] of [
    [" upon", " a"],
    [" time", ","],
  ] as const) {
    text.resume();
    text.add(token(word, 1));
    text.add(token("", 3));
    text.end(`${text.text}${rest}`);
  }
  expect(at.textContent).toBe("Once upon a time,");
  expect(text.text).toBe("Once upon a time,");
  expect([...at.querySelectorAll(".t")].map((t) => text.pieceAt(t)?.piece.bits)).toEqual([1, 1]);
});

test("one token is in reach of the Tab key, the others of the arrow keys", () => {
  const at = host();
  const text = story(at);
  text.begin("");
  for (const word of ["a", " b", " c"]) text.add(token(word));
  expect([...at.querySelectorAll<HTMLElement>(".t")].map((t) => t.tabIndex)).toEqual([0, -1, -1]);
});

test("alternatives are listed with bars, per cent and bits, the chosen one marked", () => {
  const at = host();
  at.append(...alternatives(pieceOf([token(" lantern", 7.1, 99)])));
  const rows = [...at.querySelectorAll("li")].map((row) => row.textContent);
  expect(rows).toEqual(["␣little31\u202f%1.7 bits", "⏎12\u202f%3.1 bits", "␣lantern0.7\u202f%7.1 bitschosen"]);
  expect(at.querySelector<HTMLElement>("li i")?.style.getPropertyValue("--p")).toBe("0.3100");
  expect(at.querySelector(".asked")?.textContent).toBe("␣lanternsurprise 7.1 bits");
});

test("of tokens that came together it is said whether they make a character", () => {
  const note = (...texts: string[]) => {
    const at = host();
    at.append(...alternatives(pieceOf(texts.map((text) => token(text)))));
    return at.querySelector(".note")?.textContent;
  };
  expect(note(" the")).toMatch(/^The model's own odds/);
  for (const whole of ["é", " —", "🦊"]) expect(note("", whole)).toMatch(/^2 tokens make this character;/);
  expect(note("", "", " the end")).toBe("3 tokens came together here; the odds are the last one's.");
});

test("what each rule of a draw left is a bar, per cent and a count of tokens", () => {
  const at = host();
  const stages = [
    { stage: "temperature", kept: 4096, removed: 0 },
    { stage: "minP", kept: 12, removed: 0.25 },
    { stage: "badWords", kept: 12, removed: 0, leftOut: true as const },
  ];
  at.append(...alternatives(pieceOf([{ ...token(" lantern", 7.1, 99), stages }])));
  const rows = [...at.querySelectorAll("ol:last-of-type li")].map((row) => row.textContent);
  expect(rows).toEqual(["temperature100\u202f%4,096", "minP75\u202f%12", "badWords–left out"]);
  expect(at.querySelector<HTMLElement>("ol:last-of-type li:nth-child(2) i")?.style.getPropertyValue("--p")).toBe(
    "0.7500",
  );
});

test("the rate is measured over the last second", () => {
  const times = [0, 5000, 5100, 5200, 5300];
  expect(recentRate(times, 5400)).toBeCloseTo(10, 9);
  expect(recentRate([5000], 5400)).toBeUndefined();
  expect(recentRate(times, 9000)).toBeUndefined();
});

test("the rate line ends at the right and has the fastest at the top", () => {
  expect(sparkline([1, 2], 72, 16)).toBe("M69.0 8.0L72.0 0.0");
  expect(sparkline([], 72, 16)).toBe("");
});

test("who wants no motion sees the rate line at the end", () => {
  const lineOf = (still: boolean) => {
    const at = host();
    const shown = meter(at, () => still);
    shown.start(0);
    for (const ms of [10, 20, 30]) shown.token(ms);
    shown.paint(30);
    return { shown, line: () => at.querySelector("path")?.getAttribute("d") };
  };
  expect(lineOf(false).line()).not.toBe("");
  const { shown, line } = lineOf(true);
  expect(line()).toBe("");
  shown.finish({ decodeTokensPerSecond: 100, timeToFirstTokenMs: 10 });
  expect(line()).not.toBe("");
});

test("progress says only what is known", () => {
  expect(progressText({ phase: "download", loaded: 351e6, total: 548e6, rate: 24e6 })).toBe(
    "351 of 548\u202fMB · 24.0\u202fMB/s · 9\u202fs left",
  );
  expect(progressText({ phase: "read", loaded: 600, total: 0, rate: 0 })).toBe("600\u202fB");
});

test("the bar stands where loading stands, and leaves nothing behind", async () => {
  const at = host();
  const bar = loading(at);
  bar.show({ phase: "download", loaded: 1, total: 4, rate: 0 });
  expect(at.querySelector("progress")?.value).toBe(0.25);
  expect(at.textContent).toContain("Downloading");
  bar.hide();
  expect(at.childElementCount).toBe(0);
  bar.show({ phase: "read", loaded: 0, total: 0, rate: 0 });
  await soon(() => expect(at.querySelector("progress")?.hasAttribute("value")).toBe(false));
});

test("the figures of loading change at most ten times a second, and the last one stays", async () => {
  const at = host();
  const bar = loading(at);
  let changes = 0;
  new MutationObserver(() => changes++).observe(at, { subtree: true, childList: true, characterData: true });
  const start = performance.now();
  for (let n = 1; performance.now() - start < 500; n++) {
    bar.show({ phase: "download", loaded: Math.min(n, 1e6), total: 1e6, rate: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  bar.show({ phase: "download", loaded: 1e6, total: 1e6, rate: 1 });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(changes).toBeLessThanOrEqual(8);
  expect(at.querySelector("progress")?.value).toBe(1);
});

test("the facts are the model's", () => {
  const rows = [...facts("mine", INFO, CONFIG).children].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );
  expect(rows).toContainEqual(["model", "mine"]);
  expect(rows).toContainEqual(["parameters", "5,918,720"]);
  expect(rows).toContainEqual(["numbers", "q8_0"]);
  expect(rows).toContainEqual(["memory", "11.4\u202fMB"]);
  expect(configuration(CONFIG).textContent).toContain("vocabSize4,096");
  expect(configuration(CONFIG).textContent).toContain("normEps0.00001");
});

test("the parameter tree opens at the top, counts a shared tensor once and says whose it is", () => {
  const tree = parameters(TREE);
  const [top, ...inner] = tree.querySelectorAll("details");
  expect(top?.open).toBe(true);
  expect(inner.map(({ open }) => open)).toEqual([false]);
  const rows = [...tree.querySelectorAll(".row")].map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows[0]).toEqual(["model", "", "5,918,720", "6.4\u202fMB"]);
  expect(rows[1]).toEqual(["tokEmb", "4096 × 256 · q8_0", "1,048,576", "1.1\u202fMB"]);
  // A module with nothing in it but one tensor takes one line.
  expect(rows[3]).toEqual(["trfBlocks", "", "4,738,560", "4.7\u202fMB"]);
  expect(rows.at(-1)).toEqual(["outHead", "4096 × 256", "same as tokEmb", ""]);
});

test("the controls give back what was written into them", () => {
  const at = host();
  const dials = controls(at, DEFAULTS);
  expect(dials.read()).toEqual(DEFAULTS);
  const texts = {
    stop: ["\n"],
    badWords: ["fox", "hen"],
    constraint: '{\n"type": "null" }',
    other: '{ "stats": true }',
    onContextFull: "stop" as const,
  };
  const other = { ...DEFAULTS, temperature: 0, topK: 40, n: 2, seed: 7, ...texts };
  dials.write(other);
  expect(dials.read()).toEqual(other);
  at.querySelector<HTMLButtonElement>(".link")?.click();
  expect(dials.read()).toEqual(DEFAULTS);
});

test("a field that does not hold is shown, even from behind the disclosure", () => {
  const at = host();
  const dials = controls(at, DEFAULTS);
  const seed = at.querySelector<HTMLInputElement>("#seed");
  if (seed) seed.value = "-4";
  expect(dials.check()).toBe(false);
  expect(at.querySelector("details")?.open).toBe(true);
  expect(document.activeElement).toBe(seed);
  if (seed) seed.value = "";
  expect(dials.check()).toBe(true);
  const most = at.querySelector<HTMLInputElement>("#maxNewTokens");
  if (most) most.value = "";
  expect(dials.check()).toBe(false);
  dials.write({ ...DEFAULTS, constraint: "{" });
  expect(dials.check()).toBe(false);
  expect(document.activeElement).toBe(at.querySelector("#constraint"));
  dials.write({ ...DEFAULTS, constraint: "{}", other: "[]" });
  expect(dials.check()).toBe(false);
  expect(document.activeElement).toBe(at.querySelector("#other"));
  dials.write({ ...DEFAULTS, constraint: "{}" });
  expect(dials.check()).toBe(true);
});

test("dials that hold by themselves but not together are told at the texts", () => {
  const at = host();
  const dials = controls(at, DEFAULTS);
  const texts = () => at.querySelector<HTMLInputElement>("#n");
  dials.write({ ...DEFAULTS, n: 3, temperature: 0 });
  expect(dials.check()).toBe(false);
  expect(document.activeElement).toBe(texts());
  expect(texts()?.validationMessage).toMatch(/^With temperature 0 /);
  dials.write({ ...DEFAULTS, n: 3 });
  expect(dials.check()).toBe(true);
  dials.write({ ...DEFAULTS, n: Number.NaN, temperature: 0 });
  expect(dials.check()).toBe(false);
  expect(texts()?.validationMessage).toBe("Please fill in a number.");
});

test("every way to end has its words", () => {
  expect(outcome("length", 150, 512)).toBe("150 tokens, as asked.");
  expect(outcome("context-full", 300, 512)).toContain("512 tokens");
});

test("a long text is not read out whole", () => {
  expect(spoken(" a fox", 2, "Stopped.")).toBe(" a fox Stopped.");
  expect(spoken("word ".repeat(1000), 1000, "Stopped.")).toBe("1,000 tokens written. Stopped.");
});
