/** Levels of nesting: far more than any option needs, and fewer than make Chromium lose the message without a word. */
const LEVELS = 1000;

/** Whether objects and arrays lie deeper than LEVELS within one another. What is met again, as in a circle, is not followed twice. */
export function isTooDeep(value: unknown): boolean {
  const seen = new Set<unknown>();
  let level = [value];
  for (let depth = 0; depth <= LEVELS; depth++) {
    const open = level.filter((one) => isContainer(one) && !seen.has(one));
    if (open.length === 0) return false;
    for (const one of open) seen.add(one);
    level = open.flatMap((one) => Object.values(one as object));
  }
  return true;
}

function isContainer(value: unknown): boolean {
  if (typeof value !== "object") return false;
  return Array.isArray(value) || Object.prototype.toString.call(value) === "[object Object]";
}
