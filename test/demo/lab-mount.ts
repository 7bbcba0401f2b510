import "../../demo/lab/lab.css";
import { expect } from "vitest";
import { page as view } from "vitest/browser";
import { startLab } from "../../demo/lab/lab";
import type { Panel } from "../../demo/lab/panel";
import { PANELS } from "../../demo/lab/panels";
import { soon } from "../helpers/soon";
import { $, EMBEDDED } from "./mount";

let last: { dispose(): void } | undefined;

/** Starts the lab with these panels on the embedded model. */
export async function mountLab(
  panels: readonly Panel[] = PANELS,
  query = "?lang=en",
  embedded = EMBEDDED,
): Promise<void> {
  last?.dispose();
  await view.viewport(1180, 900);
  history.replaceState(null, "", location.pathname + query);
  const host = document.createElement("div");
  host.className = "page";
  document.body.replaceChildren(host);
  const lab = startLab(host, panels, embedded);
  last = lab;
  await lab.ready;
}

/** Mounts one panel and waits until it has drawn. */
export async function mountPanel(panel: Panel): Promise<void> {
  await mountLab([panel]);
  await answered(panel.key);
}

export async function answered(key: string): Promise<void> {
  $(`#${key}`).scrollIntoView();
  await settled(key);
}

/** The panel is at rest, and has an answer. */
export async function settled(key: string): Promise<void> {
  await soon(() => {
    expect($(`#${key} > .problem`).textContent).toBe("");
    expect($(`#${key} > .answer`).textContent).not.toBe("");
    expect($(`#${key}`).hasAttribute("aria-busy")).toBe(false);
  });
}

/** The text alternatives of a panel's pictures. */
export function pictures(key: string): string[] {
  return [...document.querySelectorAll(`#${key} .drawing`)].map((each) => each.getAttribute("aria-label") ?? "");
}
