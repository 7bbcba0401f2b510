import { element, marked } from "../dom";
import type { Numbers } from "../numbers";
import { isAbort, messageOf } from "../panels/notice";
import type { Texts } from "./languages";
import type { Given, Panel } from "./panel";
import type { Reading } from "./reading";

/** A panel on the page: draws when it is near to what the reader sees, and again when what it has drawn is old. */
export interface Section {
  readonly element: HTMLElement;
  /** What is to be drawn from now on; nothing while there is no model, or no sentence. */
  update(reading: Reading | undefined): void;
  dispose(): void;
}

/** How far outside of the window a panel begins to work. */
const NEAR = "400px 0px";

export function section(panel: Panel, texts: Texts, numbers: Numbers): Section {
  const { key, hooks, source } = panel;
  const { question, lead } = texts.panels[key];
  const body = element("div", { class: "body", inert: true });
  const answer = element("p", { class: "answer" });
  const problem = element("p", { class: "problem", role: "alert" });
  const bar = element("progress", { max: 1, "aria-label": texts.working, hidden: true });
  const made = element(
    "section",
    { id: key, class: "panel", "aria-labelledby": `panel-${key}-title` },
    element("h2", { id: `panel-${key}-title` }, question),
    element("p", { class: "lead" }, ...marked(lead)),
    bar,
    body,
    answer,
    problem,
    element(
      "p",
      { class: "from soft" },
      ...marked(
        texts.from(
          hooks.map((name) => `\`${name}\``),
          `\`${source}\``,
        ),
      ),
    ),
  );
  const draw = panel.build({
    body,
    texts,
    numbers,
    answer: (sentence) => answer.replaceChildren(...marked(sentence)),
    redraw() {
      drawn = undefined;
      look();
    },
  });

  let wanted: Reading | undefined;
  let drawn: Reading | undefined;
  let near = false;
  let run = new AbortController();

  const look = () => {
    if (!near || !wanted || wanted === drawn || wanted.ids.length === 0) return;
    drawn = wanted;
    run.abort();
    run = new AbortController();
    void attempt(wanted, run.signal);
  };
  /** Until it has drawn once, a panel keeps about its height free: those below it are not near yet. */
  const attempt = async (reading: Reading, signal: AbortSignal) => {
    problem.replaceChildren();
    made.setAttribute("aria-busy", "true");
    try {
      await draw({ ...reading, signal, step: stepper(signal), progress });
    } catch (error) {
      if (!signal.aborted && !isAbort(error))
        problem.replaceChildren(texts.failed, " ", element("span", { lang: "en" }, messageOf(error)));
    }
    if (signal.aborted) return;
    made.classList.add("drawn");
    rest();
  };
  const rest = () => {
    made.removeAttribute("aria-busy");
    bar.hidden = true;
  };
  const progress: Given["progress"] = (share) => {
    bar.hidden = false;
    bar.value = share;
  };

  const watch = new IntersectionObserver(
    (entries) => {
      near = entries.at(-1)?.isIntersecting ?? false;
      look();
    },
    { rootMargin: NEAR },
  );
  watch.observe(made);

  return {
    element: made,
    update(reading) {
      wanted = reading;
      // What is drawn is of another sentence, or of none: its controls would speak of what is not to be seen.
      const idle = !reading || reading.ids.length === 0;
      for (const part of [body, answer]) part.inert = idle;
      if (wanted !== drawn) {
        run.abort();
        rest();
      }
      look();
    },
    dispose() {
      watch.disconnect();
      run.abort();
    },
  };
}

function stepper(signal: AbortSignal): Given["step"] {
  return async (part) => {
    const result = await part;
    signal.throwIfAborted();
    return result;
  };
}
