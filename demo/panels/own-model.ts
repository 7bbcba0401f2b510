import type { FormatName } from "../../src/index";
import { element, find } from "../dom";
import { droppedFiles, fromAddress, fromFiles, type NamedSource } from "../files";

const FORMATS: Record<FormatName, string> = {
  q8_0: "q8_0 · 8 bits",
  q4_0: "q4_0 · 4 bits, half the memory",
  f16: "f16 · 16 bits",
  f32: "f32 · 32 bits, exact",
};

/** The form that opens another model: an address, a hub id, or files chosen or dropped anywhere on the page. */
export interface OwnModel {
  readonly format: FormatName;
  /** While a model loads, the form offers to cancel instead. */
  busy(loading: boolean): void;
  /** What went wrong, in words; nothing clears it. */
  problem(message?: string): void;
  /** A model has come: its number format is the one chosen next, and away from the embedded one a way back is offered. */
  loaded(format: FormatName, away: boolean): void;
}

/** What the form asks of the page; `open()` without a source opens the current model again. */
export interface OwnModelActions {
  open(named?: NamedSource): void;
  openEmbedded(): void;
  cancel(): void;
}

/** Joins `form` to the page; files dropped on it are heard for as long as `life` lasts. */
export function ownModel(
  form: HTMLFormElement,
  page: EventTarget,
  life: AbortSignal,
  actions: OwnModelActions,
): OwnModel {
  const address = find(form, "#address", HTMLInputElement);
  const files = find(form, "#files", HTMLInputElement);
  const format = find(form, "#format", HTMLSelectElement);
  const choose = find(form, "#choose", HTMLButtonElement);
  const back = find(form, "#back", HTMLButtonElement);
  const cancel = find(form, "#cancel", HTMLButtonElement);
  const load = find(form, "#load", HTMLButtonElement);
  const problem = find(form, "#model-problem", HTMLElement);
  for (const [value, words] of Object.entries(FORMATS)) format.append(element("option", { value }, words));

  const say = (message = "") => {
    problem.textContent = message;
  };
  const openFiles = (chosen: readonly File[]) => {
    try {
      actions.open(fromFiles(chosen));
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.open(address.value.trim() === "" ? undefined : fromAddress(address.value));
  });
  choose.addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    openFiles([...(files.files ?? [])]);
    // So that choosing the same files again is heard.
    files.value = "";
  });
  back.addEventListener("click", () => actions.openEmbedded());
  cancel.addEventListener("click", () => actions.cancel());

  let depth = 0;
  const over = (change: number) => {
    depth = change === 0 ? 0 : Math.max(0, depth + change);
    form.classList.toggle("over", depth > 0);
  };
  const hear = (type: string, heard: (event: Event) => void) => page.addEventListener(type, heard, { signal: life });
  hear("dragenter", () => over(1));
  hear("dragleave", () => over(-1));
  hear("dragover", (event) => event.preventDefault());
  hear("drop", async (event) => {
    event.preventDefault();
    over(0);
    if (event instanceof DragEvent && event.dataTransfer) openFiles(await droppedFiles(event.dataTransfer));
  });

  return {
    get format() {
      return formatOf(format.value);
    },
    busy(loading) {
      load.disabled = loading;
      choose.disabled = loading;
      cancel.hidden = !loading;
    },
    problem: say,
    loaded(stored, away) {
      format.value = stored;
      back.hidden = !away;
    },
  };
}

function formatOf(value: string): FormatName {
  return value === "f32" || value === "f16" || value === "q4_0" ? value : "q8_0";
}
