import { expect, test, vi } from "vitest";
import { cdp, userEvent } from "vitest/browser";
import { chosenLanguage, LANGUAGES } from "../../demo/lab/languages";
import type { Given, Panel } from "../../demo/lab/panel";
import { PANELS } from "../../demo/lab/panels";
import { picture } from "../../demo/lab/picture";
import { soon } from "../helpers/soon";
import { mountLab, settled } from "./lab-mount";
import { $, click, EMBEDDED } from "./mount";

/** Loads take their time on a busy machine. */

/** A panel that notes what it was given. */
function noting(draws: Given[], behave: (given: Given) => Promise<void> = async () => {}): Panel {
  return {
    key: "embeddings",
    hooks: [],
    source: "here",
    build:
      ({ answer }) =>
      async (given) => {
        draws.push(given);
        await behave(given);
        answer(given.tokens.join(""));
      },
  };
}

test("another sentence is drawn after a pause in the typing, and the work on the old one is given up", async () => {
  const draws: Given[] = [];
  await mountLab([noting(draws, ({ step }) => step(new Promise((resolve) => setTimeout(resolve, 50))))]);
  // Both in one task, so that no pause can fall between them.
  for (const words of ["Once upon", "Once upon a time"]) {
    $<HTMLInputElement>("#sentence").value = words;
    $("#sentence").dispatchEvent(new Event("input"));
  }
  await soon(() => expect($(".answer").textContent).toBe("Once␣upon␣a␣time"));
  expect(draws.map(({ ids }) => ids.length)).toEqual([12, 4]);
  expect(draws[0]?.signal.aborted).toBe(true);
  expect($("#tokens").textContent).toBe("4 tokens: Once␣upon␣a␣time");

  // Too many tokens are cut, and no words are no work.
  await userEvent.fill($("#sentence"), "the fox ".repeat(20).trim());
  await soon(() => expect(draws.at(-1)?.ids).toHaveLength(24));
  expect($("#tokens").textContent).toContain("first 24 of 40 tokens:");
  await userEvent.fill($("#sentence"), "");
  await soon(() => expect($("#tokens").textContent).toContain("Write a few words"));
  expect(draws).toHaveLength(3);
  const parts = () => [...document.querySelectorAll<HTMLElement>(".panel > :is(.body, .answer)")];
  expect(parts().map(({ inert }) => inert)).toEqual([true, true]); // they are of the sentence before
  await userEvent.fill($("#sentence"), "the fox");
  await soon(() => expect(parts().map(({ inert }) => inert)).toEqual([false, false]));
});

test("tokens that make a character together are told apart", async () => {
  const named = () => [...document.querySelectorAll("#tokens code")].map(({ textContent }) => textContent);
  await userEvent.fill($("#sentence"), "A ação");
  await soon(() => expect(named()).toEqual(["A", "␣a", "ç₁", "ç₂", "ã₁", "ã₂", "o"]));
  // Words from right to left stand each in its place, the first leftmost.
  await userEvent.fill($("#sentence"), "אב גד");
  await soon(() => expect(named().join("")).toContain("א"));
  const lefts = [...document.querySelectorAll("#tokens code")].map((each) => each.getBoundingClientRect().left);
  expect(lefts).toEqual([...lefts].sort((a, b) => a - b));
  // What stands for a broken character is three bytes itself, and never whole.
  await userEvent.fill($("#sentence"), "a\ufffd");
  await soon(() => expect(named()).toEqual(["a", "\ufffd", "\ufffd", "\ufffd"]));
});

test("the language is switched, kept in the address and said to the browser; the sentence stays", async () => {
  await userEvent.fill($("#sentence"), "Once upon");
  await soon(() => expect($(".answer").textContent).toBe("Once␣upon"));
  await click('[lang="pt-BR"]');
  await settled("embeddings");
  expect(document.documentElement.lang).toBe("pt-BR");
  expect(new URLSearchParams(location.search).get("lang")).toBe("pt-BR");
  expect($("#embeddings h2").textContent).toBe(LANGUAGES["pt-BR"].texts.panels.embeddings.question);
  expect($("#model-facts").textContent).toContain("5.918.720 parâmetros");
  expect($<HTMLInputElement>("#sentence").value).toBe("Once upon");
});

test("a language that was chosen is also the model's name's, and the pages' links keep it", async () => {
  await mountLab([noting([])]);
  await click("#model-untrained");
  await soon(() => expect($("#model-facts").textContent).toContain("Untrained: "));
  await click('[lang="pt-BR"]');
  expect($("#model-facts").textContent).toContain("Sem treino: 5.918.720 parâmetros");
  expect($('[aria-current="page"]').getAttribute("href")).toBe("./lab.html?lang=pt-BR");
  expect($("nav a").getAttribute("href")).toBe("./?lang=pt-BR");
});

test("a panel is at rest when the sentence is taken away while it computes", async () => {
  const draws: Given[] = [];
  const endless = async ({ step, progress }: Given) => {
    progress(0.5);
    await step(new Promise(() => {}));
  };
  await mountLab([noting(draws, endless)]);
  await soon(() => expect($("#embeddings > progress").hidden).toBe(false));
  expect($("#embeddings").hasAttribute("aria-busy")).toBe(true);
  await userEvent.fill($("#sentence"), "");
  await soon(() => expect(draws[0]?.signal.aborted).toBe(true));
  expect($("#embeddings").hasAttribute("aria-busy")).toBe(false);
  expect($("#embeddings > progress").hidden).toBe(true);
});

test("a panel that fails says why in its place, and the others go on", async () => {
  const [fine] = PANELS;
  const failing = noting([], async () => {
    throw new Error("No such head.");
  });
  await mountLab(fine ? [failing, { ...noting([]), key: "embeddings" }] : []);
  await soon(() => expect($(".panel .problem").textContent).toBe("This panel can't be drawn. No such head."));
  const [, second] = document.querySelectorAll(".panel");
  second?.scrollIntoView();
  await soon(() => expect(second?.querySelector(".answer")?.textContent).not.toBe(""));
});

test("a panel far below waits until the reader comes near", async () => {
  const draws: Given[] = [];
  const filler: Panel = {
    ...noting([]),
    build({ body }) {
      body.style.height = "4000px";
      return async () => {};
    },
  };
  const drawing: Panel = {
    ...noting(draws),
    build(place) {
      const figure = picture();
      place.body.replaceChildren(figure.element);
      const draw = noting(draws).build(place);
      return async (given) => {
        figure.draw(() => document.createElement("svg"), "what is seen");
        await draw(given);
      };
    },
  };
  await mountLab([filler, drawing]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(draws).toHaveLength(0);
  expect($(".drawing").role).toBeNull(); // a picture without a drawing is none, and has no name yet
  const browser = cdp() as unknown as { send(method: string, asked: object): Promise<void> };
  const waits = document.querySelectorAll(".panel")[1];
  await browser.send("Emulation.setEmulatedMedia", { media: "print" });
  expect(waits?.checkVisibility()).toBe(false); // paper would show an empty place
  await browser.send("Emulation.setEmulatedMedia", { media: "" });
  waits?.scrollIntoView();
  await soon(() => expect(draws).toHaveLength(1));
  expect($('[role="img"]').ariaLabel).toBe("what is seen");
});

test("the untrained model has the story model's shape and tokenizer, and other numbers", async () => {
  const draws: Given[] = [];
  await mountLab([noting(draws)]);
  await click("#model-untrained");
  await soon(() => expect(draws).toHaveLength(2));
  const [trained, untrained] = draws;
  expect(untrained?.ids).toEqual(trained?.ids);
  expect(untrained?.gpt.config).toEqual(trained?.gpt.config);
  expect($("#model-facts").textContent).toContain("Untrained: 5,918,720 parameters, 6 layers of 4 heads, 256 wide.");
  const logits = await untrained?.gpt.logits([...(untrained.ids ?? [])], { last: true });
  expect(Math.max(...(logits ?? []))).toBeLessThan(3);
  await click("#model-story");
  await soon(() => expect($("#model-facts").textContent).toContain("The story model"));
});

test("dropped files are shown; an address that is wrong is told, and the old model stays", async () => {
  const draws: Given[] = [];
  await mountLab([noting(draws)]);
  await click("#model-own");
  await userEvent.fill($("#address"), "/demo/nothing-here/");
  await click("#load");
  await soon(() => expect($("#model-problem").textContent).toContain("config.json"));
  expect($("#model-facts").textContent).toContain("The story model");
  expect($("#address").getAttribute("aria-invalid")).toBe("true");
  expect($("#own").hidden).toBe(false); // the address can be corrected
  expect($<HTMLInputElement>("#address").value).toBe("/demo/nothing-here/");
  const names = ["config.json", "model.safetensors", "tokenizer.json"];
  const drop = new DataTransfer();
  for (const name of names)
    drop.items.add(new File([await (await fetch(`${EMBEDDED.source}${name}`)).arrayBuffer()], name));
  $("main").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: drop }));
  await soon(() => {
    expect($("#model-problem").textContent).toBe("");
    expect($("#model-facts").textContent).toContain("model.safetensors");
  });
  expect($<HTMLInputElement>("#model-own").checked).toBe(true);
  await soon(() => expect(draws).toHaveLength(2));
});

test("the form stays open while it is in use: a model that was asked for before comes without closing it", async () => {
  const draws: Given[] = [];
  await mountLab([noting(draws)]);
  await click("#model-untrained");
  await click("#model-own");
  await soon(() => expect($("#model-facts").textContent).not.toContain("The story model"));
  expect($<HTMLInputElement>("#model-own").checked).toBe(true);
  expect($("#own").hidden).toBe(false);
  await click("#model-story");
  await soon(() => expect($("#model-facts").textContent).toContain("The story model"));
  expect($("#own").hidden).toBe(true);
});

test("a load that is cancelled leaves the model that was there, and its choice", async () => {
  const draws: Given[] = [];
  await mountLab([noting(draws)]);
  await click("#model-own");
  await userEvent.fill($("#address"), `/faults/fault=slow&delay=300&file=model.safetensors&lab=${Date.now()}/relu40`);
  await click("#load");
  await soon(() => expect(document.querySelector("aside progress")).not.toBeNull());
  await click("#cancel");
  await soon(() => expect($<HTMLInputElement>("#model-story").checked).toBe(true));
  expect(document.querySelector("aside progress")).toBeNull();
  expect($("#own").hidden).toBe(true);
  expect(draws).toHaveLength(1);
});

test("where no model comes, it is told, and the same choice tries again", async () => {
  await mountLab([noting([])], "?lang=en", { name: "missing", source: "/demo/nothing-here/" });
  const problem = () => $("section > .problem").textContent;
  expect(problem()).toContain("config.json");
  expect(document.querySelector("input[type=radio]:checked")).toBeNull();
  const cleared = vi.fn();
  new MutationObserver(() => problem() === "" && cleared()).observe($("section > .problem"), { childList: true });
  await click("#model-story");
  await soon(() => expect(cleared).toHaveBeenCalled());
  await soon(() => expect(problem()).toContain("config.json"));
});

test("the address chooses the language, then the reader's own", () => {
  expect(chosenLanguage("?lang=pt-BR", ["en"])).toBe("pt-BR");
  expect(chosenLanguage("", ["pt-PT", "en"])).toBe("pt-BR");
  expect(chosenLanguage("", ["fr", "en-GB"])).toBe("en");
  expect(chosenLanguage("?lang=xx", ["de"])).toBe("en");
});
