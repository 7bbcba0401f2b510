import { beforeEach, expect, test, vi } from "vitest";
import { userEvent, page as view } from "vitest/browser";
import { soon } from "../helpers/soon";
import { type FakeSettings, fakeGPT, fakeLoad, token } from "./fake";
import { $, click, mount, nth, tokens } from "./mount";

beforeEach(() => view.viewport(1180, 860));

const words = (length: number) => Array.from({ length }, (_, i) => token(` word${i}`, i % 9, i));
const open = async (settings: FakeSettings, hash = "") => {
  const gpt = fakeGPT(settings);
  await (
    await mount(
      fakeLoad(() => gpt),
      hash,
    )
  ).ready;
  return gpt;
};

test("dials that can't go together leave the text as it is, and so does an option that is refused later", async () => {
  const gpt = await open({ said: words(8), finishReason: "length" });
  await click("#go");
  await soon(() => expect($("#keep-going").hidden).toBe(false));
  await click(".more > summary");
  await userEvent.fill($("#n"), "3");
  await userEvent.fill($("#numBeams"), "2");
  for (const button of ["#go", "#keep-going"]) {
    await click(button);
    expect(document.activeElement).toBe($("#n"));
    expect(tokens()).toHaveLength(8);
    expect($("#keep-going").hidden).toBe(false);
  }
  await userEvent.fill($("#n"), "1");
  const refused = new TypeError("an option that is refused");
  vi.spyOn(gpt, "generate").mockImplementation(fakeGPT({ fails: refused }).generate);
  for (const [field, value] of [
    ["#other", '{ "topP": 7 }'],
    ["#constraint", "a(?=b)"],
  ] as const) {
    await userEvent.fill($(field), value);
    await click("#keep-going");
    await soon(() => expect($("#problem").textContent).toContain("an option that is refused"));
    expect(tokens()).toHaveLength(8);
    expect($("#keep-going").hidden).toBe(false);
    expect(document.activeElement).toBe($("#keep-going"));
  }
});

test("Escape puts an answer away that the pointer asked for, wherever the focus is, and then stops the writing", async () => {
  await open({ said: words(2000), everyMs: 10 }, "#maxNewTokens=2000");
  await click("#go");
  await soon(() => expect(tokens().length).toBeGreaterThan(2));
  nth(1).dispatchEvent(new PointerEvent("pointerover", { pointerType: "mouse", bubbles: true }));
  expect($("#answer").hidden).toBe(false);
  $("#prompt").focus();
  await userEvent.keyboard("{Escape}");
  expect($("#answer").hidden).toBe(true);
  const { length } = tokens();
  await soon(() => expect(tokens().length).toBeGreaterThan(length + 1));
  await userEvent.keyboard("{Escape}");
  await soon(() => expect($("#note").textContent).toContain("Stopped."));
});

test("a text, its seed and its link stay where the next run is refused", async () => {
  const gpt = await open({ said: words(8), finishReason: "length" });
  await click("#go");
  await soon(() => expect($("#keep-going").hidden).toBe(false));
  const [written, note] = [$("#story").textContent, $("#note").textContent];
  const refused = new TypeError("an option that is refused");
  vi.spyOn(gpt, "generate").mockImplementation(fakeGPT({ fails: refused }).generate);
  await userEvent.fill($("#prompt"), "Another one");
  await userEvent.keyboard("{Enter}");
  await soon(() => expect($("#problem").textContent).toBe(refused.message));
  expect([$("#story").textContent, $("#note").textContent]).toEqual([written, note]);
  expect(document.querySelector("#note .link")).not.toBeNull();
  expect($("#keep-going").hidden).toBe(false);
});

test("what the library refuses is told at its field, too", async () => {
  const fails = new TypeError("constraint: found a( ; allowed: another expression");
  await open({ fails }, "#constraint=a(");
  expect($<HTMLDetailsElement>(".more").open).toBe(false);
  await click("#go");
  await soon(() => expect(document.activeElement).toBe($("#constraint")));
  expect($<HTMLTextAreaElement>("#constraint").validationMessage).toBe(fails.message);
  expect($("#problem").textContent).toBe(fails.message);
  await userEvent.fill($("#constraint"), "a");
  expect($<HTMLTextAreaElement>("#constraint").validity.valid).toBe(true);
});

test("what is refused of the options in JSON is told there", async () => {
  const asked = new URLSearchParams({ other: '{ "topP": 7 }' });
  await open({ fails: new TypeError("topP: found 7; allowed: a finite number from 0 to 1") }, `#${asked}`);
  await click("#go");
  await soon(() => expect(document.activeElement).toBe($("#other")));
});

test("a double click begins a text, or stops it, and no more", async () => {
  const asked: FakeSettings["asked"] = [];
  await open({ said: words(2000), everyMs: 10, asked }, "#maxNewTokens=2000");
  await userEvent.dblClick($("#go"));
  await soon(() => expect(tokens().length).toBeGreaterThan(10));
  await userEvent.dblClick($("#go"));
  await soon(() => expect($("#note").textContent).toContain("Stopped."));
  expect(asked).toHaveLength(1);
});

test("the arrow keys go on over a line break", async () => {
  const said = [" one", ".", "\n", "Two", "."].map((text, i) => token(text, i, i));
  await open({ said });
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("Seed"));
  nth(2).focus();
  for (const [key, place] of [
    ["ArrowRight", 3],
    ["ArrowUp", 0],
    ["ArrowDown", 4],
    ["ArrowLeft", 3],
    ["ArrowLeft", 2],
    ["End", 4],
    ["ArrowRight", 4],
    ["Home", 0],
  ] as const) {
    await userEvent.keyboard(`{${key}}`);
    expect(tokens().indexOf(document.activeElement as HTMLElement), key).toBe(place);
  }
});

test("spaces alone are no beginning", async () => {
  const asked: FakeSettings["asked"] = [];
  await open({ asked });
  await userEvent.fill($("#prompt"), "   ");
  await userEvent.keyboard("{Enter}");
  await click("#go");
  expect(asked).toEqual([]);
  expect(document.activeElement).toBe($("#prompt"));
});
