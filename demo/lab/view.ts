import { element } from "../dom";
import type { NamedSource } from "../files";
import { numbersIn } from "../numbers";
import { LANGUAGES, type Language, languages } from "./languages";
import { type ModelChoice, type ModelChoiceActions, modelChoice } from "./model-choice";
import type { Panel } from "./panel";
import type { Reading } from "./reading";
import { section } from "./section";

/** The page in one language. */
export interface LabView {
  readonly choice: ModelChoice;
  /** What the panels show from now on. */
  update(reading: Reading | undefined): void;
  /** Gives the focus back to the language that was pressed. */
  focusLanguage(): void;
  dispose(): void;
}

/** What the page asks of the lab. */
export interface LabActions extends ModelChoiceActions {
  write(sentence: string): void;
  speak(language: Language): void;
}

/** Fills `host` with the whole page. */
export function labView(
  host: HTMLElement,
  panels: readonly Panel[],
  language: Language,
  embedded: NamedSource,
  sentence: string,
  actions: LabActions,
): LabView {
  const { texts } = LANGUAGES[language];
  const numbers = numbersIn(language);
  const life = new AbortController();
  document.documentElement.lang = language;
  document.title = `gpt-worker: ${texts.title}`;

  const field = element("input", {
    id: "sentence",
    value: sentence,
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": "tokens",
  });
  field.addEventListener("input", () => actions.write(field.value));
  const tokens = element("p", { id: "tokens", class: "tokens soft" });
  const choice = modelChoice(document, life.signal, texts, numbers, embedded, actions);
  const sections = panels.map((panel) => section(panel, texts, numbers));

  const languageButtons = languages().map((each) => {
    const button = element(
      "button",
      { type: "button", class: "link", lang: each, "aria-pressed": String(each === language) },
      LANGUAGES[each].name,
    );
    button.addEventListener("click", () => actions.speak(each));
    return button;
  });

  host.replaceChildren(
    element(
      "header",
      {},
      element("h1", {}, "gpt-worker"),
      element("p", {}, texts.tagline),
      element(
        "nav",
        { "aria-label": texts.pages },
        element("a", { href: `./${location.search}` }, texts.story),
        element("a", { href: `./lab.html${location.search}`, "aria-current": "page" }, texts.title),
      ),
      element("div", { class: "languages", role: "group", "aria-label": texts.language }, ...languageButtons),
    ),
    element(
      "aside",
      {},
      choice.element,
      element(
        "nav",
        { "aria-labelledby": "questions-title" },
        element("h2", { id: "questions-title" }, texts.questions),
        element(
          "ol",
          {},
          ...panels.map(({ key }) => element("li", {}, element("a", { href: `#${key}` }, texts.panels[key].question))),
        ),
      ),
    ),
    element(
      "main",
      {},
      element("div", { class: "sentence" }, element("label", { for: "sentence" }, texts.sentence.label), field, tokens),
      ...sections.map(({ element: each }) => each),
    ),
  );

  return {
    choice,
    update(reading) {
      tokens.replaceChildren(...tokenLine(reading));
      for (const each of sections) each.update(reading);
    },
    focusLanguage: () => languageButtons.find((button) => button.getAttribute("aria-pressed") === "true")?.focus(),
    dispose() {
      life.abort();
      for (const each of sections) each.dispose();
    },
  };

  function tokenLine(reading: Reading | undefined): (Node | string)[] {
    if (!reading) return [];
    const { all, tokens: shown } = reading;
    if (all === 0) return [texts.sentence.empty];
    const { one, count, cut } = texts.sentence;
    const whole = all === 1 ? one : count(numbers.count(all));
    const words = all > shown.length ? cut(numbers.count(all), numbers.count(shown.length)) : whole;
    return [words, " ", ...shown.map((token) => element("code", {}, token))];
  }
}
