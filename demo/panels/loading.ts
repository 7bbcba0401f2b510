import type { Progress } from "../../src/index";
import { element, paced } from "../dom";
import { type Numbers, numbersIn } from "../numbers";
import { ENGLISH, type ModelWords } from "../words";

/** `351 of 548 MB · 24 MB/s · 8 s left`: only what is known. */
export function progressText(
  { loaded, total, rate }: Progress,
  words: ModelWords["loading"] = ENGLISH.loading,
  { bytes, bytesOf, duration }: Numbers = numbersIn("en"),
): string {
  const left = rate > 0 && total > loaded ? words.left(duration((total - loaded) / rate)) : "";
  return [bytesOf(loaded, total, words.of), rate > 0 ? `${bytes(rate)}/s` : "", left]
    .filter((part) => part !== "")
    .join(" · ");
}

/** A bar and a line of figures for one loading. */
export interface Loading {
  show(progress: Progress): void;
  hide(): void;
}

/** Progress in `host`, which is empty in between; painted at most ten times a second. */
export function loading(host: HTMLElement, words: ModelWords["loading"] = ENGLISH.loading, numbers?: Numbers): Loading {
  const phase = element("span");
  const figures = element("span", { class: "num" });
  const bar = element("progress", { max: 1, "aria-label": words.label });
  let latest: Progress | undefined;
  const paint = paced(() => {
    if (!latest) return;
    const { phase: from, loaded, total } = latest;
    phase.textContent = total > 0 && loaded === total ? words.ready : words.phases[from];
    figures.textContent = loaded > 0 ? progressText(latest, words, numbers) : "";
    if (total > 0) bar.value = loaded / total;
    if (!bar.isConnected) host.replaceChildren(bar, element("p", { class: "soft" }, phase, figures));
  });
  return {
    show(progress) {
      latest = progress;
      paint();
    },
    hide() {
      latest = undefined;
      bar.removeAttribute("value");
      host.replaceChildren();
    },
  };
}
