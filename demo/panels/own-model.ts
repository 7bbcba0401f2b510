import type { FormatName } from "../../src/index";
import { type Child, element, marked } from "../dom";
import { droppedFiles, fromAddress, fromFiles, type NamedSource } from "../files";
import { ENGLISH, type ModelWords } from "../words";
import { messageOf } from "./notice";

/** The form that opens another model: an address, a hub id, or files chosen or dropped anywhere on the page. */
export interface OwnModel {
  readonly format: FormatName;
  /** Where the progress of a load stands. */
  readonly progress: HTMLElement;
  /** While a model loads, the form offers to cancel instead. */
  busy(loading: boolean): void;
  /** What went wrong; nothing clears it. */
  problem(...content: Child[]): void;
  /**
   * A model has come: its number format is the one chosen next, unless another was picked meanwhile, and away from the
   * embedded one a way back is offered.
   */
  loaded(format: FormatName, away: boolean): void;
}

/** What the form asks of the page; `open()` without a source opens the current model again. */
export interface OwnModelActions {
  open(named?: NamedSource): void;
  openEmbedded(): void;
  cancel(): void;
  /** Says where it is seen why chosen or dropped files are no model. */
  fault(message: string): void;
}

/** Fills `form` and joins it to the page; files dropped there are heard for as long as `life` lasts. */
export function ownModel(
  form: HTMLFormElement,
  page: EventTarget,
  life: AbortSignal,
  actions: OwnModelActions,
  words: ModelWords = ENGLISH,
): OwnModel {
  const address = element("input", {
    id: "address",
    placeholder: "openai-community/gpt2",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": "model-problem",
  });
  const formats = Object.entries(words.form.formats).map(([value, name]) => element("option", { value }, name));
  const format = element("select", { id: "format" }, ...formats);
  const files = element("input", { id: "files", type: "file", multiple: true, hidden: true });
  const load = element("button", { id: "load", class: "small", type: "submit" }, words.form.load);
  const choose = element("button", { id: "choose", class: "small quiet", type: "button" }, words.form.choose);
  const cancel = element(
    "button",
    { id: "cancel", class: "small quiet", type: "button", hidden: true },
    words.form.cancel,
  );
  const problem = element("p", { id: "model-problem", class: "problem", role: "alert" });
  const progress = element("div", { id: "own-progress" });
  const back = element("button", { id: "back", class: "link", type: "button", hidden: true }, words.form.back);
  form.replaceChildren(
    element("p", { class: "soft" }, ...marked(words.form.drop)),
    element("label", { for: "address" }, words.form.address),
    address,
    element("label", { for: "format" }, words.form.numbers),
    format,
    files,
    element("div", { class: "bar" }, load, choose, cancel),
    problem,
    progress,
    back,
  );

  const openFiles = async (chosen: readonly File[] | Promise<File[]>) => {
    try {
      actions.open(fromFiles(await chosen, words.files));
    } catch (error) {
      actions.fault(messageOf(error));
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.open(address.value.trim() === "" ? undefined : fromAddress(address.value));
  });
  choose.addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    void openFiles([...(files.files ?? [])]);
    // So that choosing the same files again is heard.
    files.value = "";
  });
  back.addEventListener("click", () => actions.openEmbedded());
  cancel.addEventListener("click", () => actions.cancel());

  let picked = false;
  format.addEventListener("change", () => {
    picked = true;
  });

  let depth = 0;
  const over = (change: number) => {
    depth = change === 0 ? 0 : Math.max(0, depth + change);
    form.classList.toggle("over", depth > 0);
  };
  const hear = (type: string, heard: (event: Event) => void) =>
    page.addEventListener(type, (event) => bringsFiles(event) && heard(event), { signal: life });
  hear("dragenter", () => over(1));
  hear("dragleave", () => over(-1));
  hear("dragover", (event) => event.preventDefault());
  hear("drop", (event) => {
    event.preventDefault();
    over(0);
    if (event instanceof DragEvent && event.dataTransfer) void openFiles(droppedFiles(event.dataTransfer));
  });

  return {
    get format() {
      return format.value as FormatName;
    },
    progress,
    busy(loading) {
      const pressed = [load, choose, back, cancel].some((button) => button === document.activeElement);
      load.disabled = loading;
      choose.disabled = loading;
      cancel.hidden = !loading;
      if (pressed) (loading ? cancel : load).focus(); // a button that goes takes the focus with it
    },
    problem(...content) {
      problem.replaceChildren(...content);
      address.setAttribute("aria-invalid", String(content.length > 0));
    },
    loaded(stored, away) {
      if (!picked) format.value = stored;
      picked = false;
      back.hidden = !away;
    },
  };
}

/** Whether files are dragged; text goes where the browser puts it. */
function bringsFiles(event: Event): boolean {
  const dragged = event instanceof DragEvent ? event.dataTransfer : null;
  return !dragged || dragged.types.includes("Files");
}
