import type { FormatName, GPT, loadModel } from "../src/index";
import { DEFAULTS, EMBEDDED, STARTS } from "./defaults";
import { element, find } from "./dom";
import type { NamedSource } from "./files";
import { modelSlot } from "./model-slot";
import { controls } from "./panels/controls";
import { configuration, facts, reasons } from "./panels/facts";
import { type Loading, loading } from "./panels/loading";
import { isAbort, messageOf, notice } from "./panels/notice";
import { ownModel } from "./panels/own-model";
import { parameters } from "./panels/parameters";
import { fromHash, type Settings, toHash } from "./settings";
import { writing } from "./writing";

/** Brings the page to life: joins the panels, the model and the address. `ready` settles when the first model has come. */
export function startPage(
  page: Document,
  load: typeof loadModel,
  embedded: NamedSource = EMBEDDED,
): { ready: Promise<void>; dispose(): void } {
  const life = new AbortController();
  const slot = modelSlot(load);
  const tell = notice(page);
  const dials = controls(find(page, "#controls", HTMLElement), DEFAULTS);
  const firstLoading = loading(find(page, "#loading", HTMLElement));
  const text = writing(page, {
    model: () => slot.gpt,
    summon,
    controls: dials,
    notice: tell,
    life: life.signal,
    copyLink,
  });
  const own = ownModel(find(page, "#own", HTMLFormElement), page, life.signal, {
    open: (named = slot.named ?? embedded) => openOwn(named),
    openEmbedded: () => openOwn(embedded),
    cancel: () => slot.cancel(),
    fault: (message) => own.problem(message),
  });
  const ownLoading = loading(own.progress);

  /** The first model's progress and errors stand where the text will. */
  async function openFirst(): Promise<void> {
    tell.solved();
    try {
      await open(embedded, undefined, firstLoading).finally(() => firstLoading.hide());
    } catch (error) {
      if (!isAbort(error)) offerAgain(error);
    }
  }

  function offerAgain(error: unknown): void {
    const again = element("button", { type: "button", class: "link" }, "Try again");
    again.addEventListener("click", () => {
      find(page, "#go", HTMLElement).focus(); // a link that goes takes the focus with it
      void openFirst();
    });
    tell.note(); // no text waits for a model that does not come
    tell.problem(error, " ", again);
  }

  function summon(): void {
    if (loads === 0) void openFirst();
  }

  let opens = 0;
  /**
   * Another model's stand in its own form, and the page goes on with the old one until the new one is here; where there
   * is none and the new one does not come, the first one is loaded after all.
   */
  async function openOwn(named: NamedSource): Promise<void> {
    const mine = ++opens;
    if (!slot.gpt) tell.solved(); // "Try again" would take this load's place
    own.problem();
    own.busy(true);
    const problem = await open(named, own.format, ownLoading).catch((error: unknown) => error);
    if (mine !== opens) return; // a later load has taken its place
    const failed = problem !== undefined && !isAbort(problem);
    if (failed) own.problem(messageOf(problem));
    ownLoading.hide();
    own.busy(false);
    if (slot.gpt || life.signal.aborted) return;
    if (failed && named === embedded) offerAgain(problem);
    else void openFirst();
  }

  let loads = 0;
  async function open(named: NamedSource, format: FormatName | undefined, shown: Loading): Promise<void> {
    tell.say(`Loading ${named.name}.`);
    loads += 1;
    const opened = slot.open(named, format, (progress) => shown.show(progress));
    const gpt = await opened.finally(() => {
      loads -= 1;
    });
    tell.solved();
    own.loaded(gpt.info.format, named !== embedded);
    await showModel(named.name, gpt);
    tell.say(`${named.name} is ready.`);
    text.ready();
  }

  async function showModel(name: string, gpt: GPT): Promise<void> {
    const tree = await gpt.parameters();
    find(page, "#facts", HTMLElement).replaceChildren(facts(name, gpt.info, gpt.config));
    find(page, "#made", HTMLElement).replaceChildren(configuration(gpt.config), reasons(gpt.info), parameters(tree));
    find(page, "#inside", HTMLDetailsElement).hidden = false;
  }

  function readAddress(): void {
    const { prompt, settings } = fromHash(location.hash, DEFAULTS);
    dials.write(settings);
    text.prompt = prompt ?? STARTS[0];
  }

  /** Puts the link in the address bar, where it also helps when the clipboard is closed to us. No link holds a model. */
  async function copyLink(prompt: string, settings: Settings): Promise<string> {
    history.replaceState(null, "", toHash(prompt, settings, DEFAULTS));
    const model = slot.named === embedded ? "" : `: it opens with ${embedded.name}`;
    try {
      await navigator.clipboard.writeText(location.href);
      return `Copied${model}`;
    } catch {
      return `It is in the address bar${model}`;
    }
  }

  const starts = STARTS.map((start) => {
    const button = element("button", { type: "button" }, start);
    button.addEventListener("click", () => {
      text.prompt = start;
    });
    return element("li", {}, button);
  });
  find(page, "#starts", HTMLElement).replaceChildren(...starts);
  // The lab keeps its language in the address, and finds it there on the way back from here.
  for (const link of page.querySelectorAll<HTMLAnchorElement>("nav a")) link.search = location.search;
  addEventListener("hashchange", readAddress, { signal: life.signal });
  readAddress();
  return {
    ready: openFirst(),
    dispose() {
      life.abort();
      slot.dispose();
    },
  };
}
