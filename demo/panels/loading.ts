import type { Progress } from "../../src/index";
import { element, paced } from "../dom";
import { bytes, bytesOf, duration } from "../numbers";

const PHASES: Record<Progress["phase"], string> = {
  download: "Downloading",
  cache: "Reading what an earlier visit kept",
  read: "Reading",
};

/** `351 of 548 MB · 24 MB/s · 8 s left`: only what is known. */
export function progressText({ loaded, total, rate }: Progress): string {
  const left = rate > 0 && total > loaded ? `${duration((total - loaded) / rate)} left` : "";
  return [bytesOf(loaded, total), rate > 0 ? `${bytes(rate)}/s` : "", left].filter((part) => part !== "").join(" · ");
}

/** A bar and a line of figures for one loading. */
export interface Loading {
  show(progress: Progress): void;
  hide(): void;
}

/** Progress in `host`, which is empty in between; painted at most ten times a second. */
export function loading(host: HTMLElement): Loading {
  const phase = element("span");
  const figures = element("span", { class: "num" });
  const bar = element("progress", { max: 1, "aria-label": "Loading" });
  let latest: Progress | undefined;
  const paint = paced(() => {
    if (!latest) return;
    const { phase: from, loaded, total } = latest;
    phase.textContent = total > 0 && loaded === total ? "Getting ready" : PHASES[from];
    figures.textContent = loaded > 0 ? progressText(latest) : "";
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
