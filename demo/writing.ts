import type { GPT } from "../src/index";
import { ALTERNATIVES } from "./defaults";
import { element, find, paced } from "./dom";
import { follow } from "./follow";
import { ask } from "./panels/ask";
import type { Controls } from "./panels/controls";
import { meter } from "./panels/meter";
import { isAbort, messageOf, type Notice } from "./panels/notice";
import { others } from "./panels/others";
import { canGoOn, outcome, spoken } from "./panels/outcome";
import { story } from "./panels/story";
import { optionsOf, type Settings } from "./settings";

/** The left side of the page at work: from the prompt to the last token. */
export interface Writing {
  prompt: string;
  /** The model has come; a press of the button that came before it counts now. */
  ready(): void;
}

/** Where the writing gets its model and settings from, and where a run can be linked to. */
export interface WritingParts {
  model(): GPT | undefined;
  /** Has the first model loaded, if none is on its way. */
  summon(): void;
  controls: Controls;
  notice: Notice;
  /** How long the page's keys are heard. */
  life: AbortSignal;
  copyLink(prompt: string, settings: Settings): Promise<string>;
}

const WAITS = "The text begins as soon as the model is here.";

export function writing(page: Document, { model, summon, controls, notice, life, copyLink }: WritingParts): Writing {
  const form = find(page, "#writing", HTMLFormElement);
  const prompt = find(page, "#prompt", HTMLTextAreaElement);
  const go = find(page, "#go", HTMLButtonElement);
  const keepGoing = find(page, "#keep-going", HTMLButtonElement);
  const host = find(page, "#story", HTMLElement);
  const text = story(host);
  const answer = ask(find(page, "#text", HTMLElement), find(page, "#answer", HTMLElement), text, life);
  const ways = find(page, "#others", HTMLElement);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const speed = meter(find(page, "#meter", HTMLElement), () => still.matches);
  const paint = paced(() => run && speed.paint(performance.now()));
  const end = follow(() => host.querySelector(".caret"), life);
  let run: AbortController | undefined;
  let waiting = false;

  const begin = () => {
    waiting = !model();
    if (waiting) {
      summon();
      notice.note(WAITS);
      return notice.say(WAITS);
    }
    if (controls.check()) void write(true);
  };

  /**
   * Writes a `fresh` text from the prompt, or on from the text as it stands. Only a fresh one can be linked to. What stands there
   * stays until the first token, or the end, shows that the run was not refused.
   */
  const write = async (fresh: boolean) => {
    const gpt = model();
    if (!gpt || run) return;
    const settings = controls.read();
    settings.seed ??= anySeed();
    const mine = new AbortController();
    const options = { logprobs: ALTERNATIVES, signal: mine.signal, ...optionsOf(settings) };
    run = mine;
    const from = fresh ? prompt.value.replace(/ +$/, "") : text.text;
    const before = fresh ? 0 : text.tokens;
    const could = !keepGoing.hidden;
    let begun = false;
    const start = () => {
      if (begun) return;
      begun = true;
      if (fresh) text.begin(from);
      text.resume();
      others(ways, "");
      notice.note();
    };
    const note = (ended: string) =>
      notice.note(`${ended} Seed ${options.seed}. `, ...(fresh ? [linkButton(from, settings)] : []));
    const continued = document.activeElement === keepGoing;
    const isFree = options.constraint === undefined; // a constraint would begin anew
    const showEnded = (more: boolean) => {
      showRunning(false);
      keepGoing.hidden = !more;
      if (continued && document.activeElement === go) keepGoing.focus();
    };
    showRunning(true);
    if (continued) go.focus(); // where the run can be stopped
    answer.close();
    notice.solved();
    notice.say("Writing.");
    speed.start(performance.now());
    end.begin();
    try {
      const generation = gpt.generate(from, options);
      for await (const token of generation.tokens()) {
        speed.token(performance.now());
        start();
        if (!token.index) text.add(token); // of several texts the first grows here
        end.grew();
        paint();
      }
      const result = await generation;
      start();
      const { finishReason, usage } = result;
      text.end(from + result.text);
      const more = others(ways, fresh ? from : "…", result.sequences);
      speed.finish(usage);
      const ended = outcome(finishReason, text.tokens - before, gpt.config.contextLength);
      note(ended);
      notice.say(
        `${spoken(result.text, text.tokens - before, ended)} ${more ? "Other ways stand below." : ""}`.trimEnd(),
      );
      showEnded(isFree && canGoOn(finishReason));
    } catch (error) {
      const replaced = gpt !== model();
      if (replaced) {
        start();
        note("Stopped: another model took its place.");
      }
      showEnded(begun && fresh ? isFree && text.tokens > 0 : could);
      if (replaced || isAbort(error)) return;
      notice.problem(inPageWords(error, settings));
      controls.refused(messageOf(error));
    } finally {
      text.end();
      run = undefined;
    }
  };

  const showRunning = (running: boolean) => {
    go.classList.toggle("writing", running);
    if (running) keepGoing.hidden = true;
  };

  const linkButton = (origin: string, settings: Settings) => {
    const button = element("button", { type: "button", class: "link" }, "Copy a link to this text");
    button.addEventListener("click", async () => {
      button.textContent = await copyLink(origin, settings);
      notice.say(button.textContent);
    });
    return button;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!run) begin();
  });
  // Spaces alone would be cut from the prompt's end: the browser says that a word is missing.
  const empty = () => {
    if (/^ +$/.test(prompt.value)) prompt.value = "";
  };
  go.addEventListener("click", (event) => {
    empty();
    if (event.detail > 1) return event.preventDefault(); // of a double click the first counts
    if (!run) return;
    event.preventDefault();
    run.abort();
  });
  keepGoing.addEventListener("click", () => {
    if (controls.check()) void write(false);
  });
  prompt.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    empty();
    form.requestSubmit();
  });
  const stopOnEscape = (event: KeyboardEvent) => {
    if (event.key === "Escape") run?.abort();
  };
  page.addEventListener("keydown", stopOnEscape, { signal: life });

  return {
    get prompt() {
      return prompt.value;
    },
    set prompt(words) {
      prompt.value = words;
    },
    ready() {
      if (!waiting) return;
      notice.note();
      begin();
    },
  };
}

/** Where the library says how a text that is too long can be read after all, the page's words for it, which a search has none of. */
function inPageWords(error: unknown, { numBeams }: Settings): string {
  const way = numBeams > 1 ? "." : ", or choose “When the context is full: forget the oldest”.";
  return messageOf(error).replace(/; generate\(\) can slide instead.*$/, way);
}

function anySeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
