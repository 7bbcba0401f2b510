import type { FormatName } from "../../src/index";
import { EMBEDDED } from "../defaults";
import type { NamedSource } from "../files";
import { modelSlot } from "../model-slot";
import { isAbort, messageOf } from "../panels/notice";
import { choicesIn } from "./choices";
import { chosenLanguage, type Language, withLanguage } from "./languages";
import type { Panel } from "./panel";
import { type Reading, read } from "./reading";
import { type LabSource, labOpener } from "./sources";
import { labView } from "./view";

/** The model beside the page: its folder is where an untrained one has its tokenizer from. */
export type EmbeddedModel = NamedSource<string>;

/** It says some words twice, so that position and attention have something to tell apart. */
const FIRST_SENTENCE = "The old fox saw the little rabbit, and the old fox";

/** A pause in the typing after which the sentence is read. */
const PAUSE_MS = 300;

/**
 * Brings the lab to life in `host`: joins the panels, the sentence, the model and the language. `ready` settles when
 * the first model has come.
 */
export function startLab(
  host: HTMLElement,
  panels: readonly Panel[],
  embedded: EmbeddedModel = EMBEDDED,
): { ready: Promise<void>; dispose(): void } {
  const slot = modelSlot<LabSource>(labOpener(embedded.source));
  let sentence = FIRST_SENTENCE;
  let reading: Reading | undefined;
  let loading = false;
  let opens = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  const show = (language: Language) =>
    labView(host, panels, language, embedded, sentence, {
      open: (named, format) => void open(named, format),
      cancel: () => slot.cancel(),
      write(words) {
        sentence = words;
        clearTimeout(pause);
        pause = setTimeout(() => readAnew().catch((error) => view.choice.failed(messageOf(error))), PAUSE_MS);
      },
      speak(chosen) {
        history.replaceState(null, "", `${withLanguage(location.search, chosen)}${location.hash}`);
        const chooseAgain = choicesIn(host);
        view.dispose();
        view = show(chosen);
        chooseAgain();
        view.choice.busy(loading);
        if (slot.gpt && slot.named) view.choice.chosen(slot.named, slot.gpt);
        else if (!loading) view.choice.none();
        view.update(reading);
        view.focusLanguage();
      },
    });
  let view = show(chosenLanguage(location.search, navigator.languages));
  // The panels were not there yet when the browser looked for the one that the address names.
  document.getElementById(location.hash.slice(1))?.scrollIntoView();

  async function open(named: NamedSource<LabSource> = slot.named ?? embedded, format?: FormatName): Promise<void> {
    const mine = ++opens;
    view.choice.failed();
    view.choice.busy(true);
    loading = true;
    try {
      const gpt = await slot.open(named, format, (progress) => view.choice.progress(progress));
      reading = undefined;
      view.update(reading);
      view.choice.chosen(named, gpt);
      await readAnew();
    } catch (error) {
      // A later load has taken its place.
      if (mine !== opens) return;
      if (!isAbort(error)) view.choice.failed(messageOf(error));
      if (slot.gpt && slot.named) view.choice.chosen(slot.named, slot.gpt);
      else view.choice.none();
    }
    if (mine !== opens) return;
    loading = false;
    view.choice.busy(false);
  }

  /** Reads the sentence with the model; an answer that comes after a later question is dropped. */
  async function readAnew(): Promise<void> {
    const { gpt } = slot;
    if (!gpt) return;
    const mine = ++asked;
    const found = await read(gpt, sentence).catch((error) => {
      if (mine === asked && gpt === slot.gpt) throw error;
    });
    if (mine !== asked || !found) return;
    reading = found;
    view.update(reading);
  }

  return {
    ready: open(),
    dispose() {
      clearTimeout(pause);
      view.dispose();
      slot.dispose();
    },
  };
}
