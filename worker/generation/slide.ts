/**
 * What the model goes on reading when the context is full: the first `keepPrefix` ids and the latest half of the
 * rest, at positions from 0 again.
 */
export function slideWindow(ids: readonly number[], keepPrefix: number, contextLength: number): number[] {
  const recent = Math.max(1, Math.floor((contextLength - keepPrefix) / 2));
  return [...ids.slice(0, keepPrefix), ...ids.slice(-recent)];
}
