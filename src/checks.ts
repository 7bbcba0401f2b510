import { isTooDeep } from "./depth";

/** A value as an error message shows it: a text in quotes, an object by its kind. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return Object(value) === value ? Object.prototype.toString.call(value) : String(value);
}

/**
 * Throws a `TypeError` for options that are no object (an array, a `Map`, a `Promise` …) or are inherited by it: what spreading drops would
 * be ignored. And for one that is nested too deep to be sent.
 */
export function checkObject(options: unknown): void {
  if (Object.prototype.toString.call(options) !== "[object Object]") {
    throw new TypeError(`options: found ${show(options)}; allowed: an object`);
  }
  const inherited = inheritedBy(options as object);
  if (inherited.length > 0) {
    throw new TypeError(
      `options: found ${inherited.join(", ")} inherited; allowed: an object that has them of its own`,
    );
  }
  checkDepth(options as object);
}

/** Throws a `TypeError` that names the value that is nested too deep to be sent. */
export function checkDepth(values: object): void {
  const deep = Object.entries(values).find(([, value]) => isTooDeep(value));
  if (deep) throw new TypeError(`${deep[0]}: found values nested too deep; allowed: fewer levels`);
}

/** The names that an object has from its prototypes, without constructors and what every object has. */
function inheritedBy(object: object): string[] {
  const prototype = Object.getPrototypeOf(object);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return [];
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
  return [...names, ...inheritedBy(prototype)];
}

/** Throws a `TypeError` for what is no signal. */
export function checkSignal(signal: unknown): asserts signal is AbortSignal {
  if (signal instanceof AbortSignal) return;
  throw new TypeError(`signal: found ${show(signal)}; allowed: an AbortSignal`);
}

/** What relative addresses begin at, in a page or in a worker of its own. */
export const base = (): string => (typeof document === "undefined" ? location.href : document.baseURI);

/** An option's address made absolute; a `TypeError` that names the option for what is none. */
export function addressOf(option: string, value: string | URL): string {
  try {
    if (value instanceof URL || (typeof value === "string" && value !== "")) return new URL(value, base()).href;
  } catch {} // not one either
  throw new TypeError(`${option}: found ${show(value)}; allowed: an address`);
}
