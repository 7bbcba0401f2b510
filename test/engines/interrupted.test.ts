import { expect, test } from "vitest";
import { ISOLATED } from "../../tools/static-server.ts";
import { inEngine } from "./engine.ts";

const INTERRUPTED = `
export async function report({ loadModel }) {
  const control = new AbortController();
  const seen = [];
  const options = { cache: true, onProgress: ({ phase }) => seen.push(phase) };
  const aborted = await loadModel("/model/", {
    ...options,
    signal: control.signal,
    onProgress: ({ loaded, total }) => loaded > total / 4 && control.abort(),
  }).then(() => "loaded", ({ name }) => name);
  const phases = [];
  for (let load = 0; load < 2; load++) {
    const gpt = await loadModel("/model/", options);
    await new Promise((resolve) => setTimeout(resolve, 2000)); // until the files are kept
    phases.push([...new Set(seen.splice(0))].join());
    gpt.dispose();
  }
  return { aborted, phases };
}
`;

test.each(["chromium", "firefox", "webkit"] as const)(
  "%s: a load that is aborted spoils no later one",
  async (engine) => {
    const found = await inEngine<Record<string, unknown>>(engine, INTERRUPTED, ISOLATED);
    expect(found).toEqual({ aborted: "AbortError", phases: ["download", "cache"] });
  },
);
