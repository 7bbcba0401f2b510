import type { LoadProgress } from "./types";

/** At most one event in this many milliseconds, the last one always. */
const EVENT_EVERY_MS = 40;

/** The rate is taken over this much of the past. */
const RATE_WINDOW_MS = 1500;

/** Turns positions in a file into progress events: `loaded` rises from 0 to `total`, which it reaches once, at the end. */
export function progressOf(
  phase: LoadProgress["phase"],
  total: number,
  onProgress: (progress: LoadProgress) => void,
): (loaded: number) => void {
  const past: { at: number; loaded: number }[] = [];
  let heard = Number.NEGATIVE_INFINITY;
  return (loaded) => {
    const at = performance.now();
    if (at - heard < EVENT_EVERY_MS && loaded < total) return;
    heard = at;
    past.push({ at, loaded });
    while (past.length > 2 && at - (past[1]?.at ?? at) > RATE_WINDOW_MS) past.shift();
    const [first = { at, loaded }] = past;
    const rate = at > first.at ? (1000 * (loaded - first.loaded)) / (at - first.at) : 0;
    onProgress({ phase, loaded, total, rate });
  };
}
