/**
 * What the model reads of a text that is longer than its context: the first `keepPrefix` ids and, at positions from 0 again, the latest half
 * of the rest as it was when the context was last full, with what came since. It depends on the text alone, not on how
 * many calls wrote it, so that a cache of it stays useful.
 */
export function slideWindow(ids: readonly number[], keepPrefix: number, contextLength: number): number[] {
  const half = Math.max(1, Math.floor((contextLength - keepPrefix) / 2));
  const untilFull = contextLength - keepPrefix - half + 1;
  const since = (ids.length - contextLength - 1) % untilFull;
  return [...ids.slice(0, keepPrefix), ...ids.slice(-(half + since))];
}
