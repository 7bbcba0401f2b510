/** A value as an error message shows it: short, and never mistaken for another type. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.slice(0, 4).map(show).join(", ")}${value.length > 4 ? ", …" : ""}]`;
  if (typeof value === "object" && value !== null) return `an object (${value.constructor?.name ?? "no prototype"})`;
  return typeof value === "function" ? "a function" : String(value);
}

/** Whether a value is an object with properties of its own to read: no array, `Map`, `Date`. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === "[object Object]";

/** Whether a value is a whole number from `least` to `most`. */
export const isWhole = (value: unknown, least: number, most = Number.POSITIVE_INFINITY): value is number =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

/** Whether a value is the id of one of `vocabSize` tokens. */
export const isTokenId = (value: unknown, vocabSize: number): value is number => isWhole(value, 0, vocabSize - 1);
