import type { FormatName, GPT, Progress } from "../../src/index";
import { type Child, element } from "../dom";
import type { NamedSource } from "../files";
import type { Numbers } from "../numbers";
import { loading } from "../panels/loading";
import { ownModel } from "../panels/own-model";
import type { Texts } from "./languages";
import { isUntrained, type LabSource } from "./sources";

/** The rail's part about the model: which one, how far its load has come, what it is. */
export interface ModelChoice {
  readonly element: HTMLElement;
  /** A load is under way. */
  busy(loading: boolean): void;
  progress(progress: Progress): void;
  /** What went wrong in the library's words, which are English; nothing clears it. */
  failed(message?: string): void;
  /** There is no model: every choice is open, the one that failed too, and the form as long as it is in use. */
  none(): void;
  /** The model that the panels show now. */
  chosen(named: NamedSource<LabSource>, gpt: GPT): void;
}

/** What the choice asks of the lab. */
export interface ModelChoiceActions {
  open(named: NamedSource<LabSource> | undefined, format?: FormatName): void;
  cancel(): void;
}

const KINDS = ["story", "untrained", "own"] as const;
type Kind = (typeof KINDS)[number];

export function modelChoice(
  page: EventTarget,
  life: AbortSignal,
  texts: Texts,
  numbers: Numbers,
  embedded: NamedSource,
  actions: ModelChoiceActions,
): ModelChoice {
  const { model } = texts;
  const sources: Record<Exclude<Kind, "own">, () => NamedSource<LabSource>> = {
    story: () => embedded,
    untrained: () => ({ name: model.untrainedName, source: { seed: UNTRAINED_SEED } }),
  };
  const radios = KINDS.map((kind) =>
    element("input", { type: "radio", name: "model", id: `model-${kind}`, value: kind, checked: kind === "story" }),
  );
  const form = element("form", { id: "own", class: "own", hidden: true });
  /** The reader's own choice: the form stays open while it is in use, whatever model comes meanwhile. */
  let picked: Kind | undefined;
  const problem = element("p", { class: "problem", role: "alert" });
  const progressHost = element("div");
  /** An error stands in the form while that is open, where its address points at it, and under it otherwise. */
  const say = (...content: Child[]) => {
    own.problem(...(form.hidden ? [] : content));
    problem.replaceChildren(...(form.hidden ? content : []));
  };
  const facts = element("p", { class: "soft num", id: "model-facts", role: "status" });
  const own = ownModel(
    form,
    page,
    life,
    {
      open: (named) => actions.open(named, own.format),
      openEmbedded: () => actions.open(embedded),
      cancel() {
        picked = undefined;
        actions.cancel();
      },
      fault: say,
    },
    model,
  );
  const bar = loading(progressHost, model.loading, numbers);
  const show = (chosen?: Kind) => {
    const held = form.contains(document.activeElement);
    for (const radio of radios) radio.checked = radio.value === chosen;
    form.hidden = chosen !== "own";
    // A form that goes takes the focus with it.
    if (held && form.hidden) (radios.find(({ checked }) => checked) ?? radios[0])?.focus();
  };
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      const kind = KINDS.find((each) => each === radio.value) ?? "story";
      picked = kind;
      show(kind);
      if (kind !== "own") actions.open(sources[kind]());
    });
  }

  return {
    element: element(
      "section",
      { "aria-labelledby": "model-title" },
      element("h2", { id: "model-title" }, model.title),
      element(
        "div",
        { class: "kinds", role: "radiogroup", "aria-labelledby": "model-title" },
        ...radios.map((radio, i) => element("label", {}, radio, model.kinds[KINDS[i] ?? "story"])),
      ),
      form,
      progressHost,
      problem,
      facts,
    ),
    busy(busy) {
      own.busy(busy);
      if (!busy) bar.hide();
    },
    progress: bar.show,
    failed: (message) => (message ? say(texts.library, " ", element("span", { lang: "en" }, message)) : say()),
    none: () => show(picked === "own" ? picked : undefined),
    chosen(named, gpt) {
      const kind = isUntrained(named.source) ? "untrained" : named === embedded ? "story" : "own";
      if (picked !== "own") show(kind);
      own.loaded(gpt.info.format, false);
      const { nLayers, nHeads, embDim } = gpt.config;
      const name = { story: model.storyName, untrained: model.untrainedName, own: named.name }[kind];
      facts.textContent = model.facts(name, numbers.count(gpt.info.parameters), nLayers, nHeads, numbers.count(embDim));
    },
  };
}

const UNTRAINED_SEED = 1;
