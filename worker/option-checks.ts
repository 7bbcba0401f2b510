import { noOption } from "./sampling/nearest";
import { isObject, show } from "./values";

/** An option of a call: what is allowed, in words, and whether a value is. */
export interface OptionCheck {
  allowed: string;
  holds(value: unknown): boolean;
}

export const flag: OptionCheck = { allowed: "true or false", holds: (value) => typeof value === "boolean" };

/** Checked where it is resolved. */
export const anything: OptionCheck = { allowed: "", holds: () => true };

export function wholeNumber(least: number, most: number): OptionCheck {
  return {
    allowed: `a whole number from ${least} to ${most}`,
    holds: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  };
}

export const SEED = wholeNumber(0, 2 ** 32 - 1);

export function oneOf(...names: string[]): OptionCheck {
  return { allowed: names.map((name) => `'${name}'`).join(", "), holds: (value) => names.includes(value as string) };
}

/**
 * Throws a `TypeError` that names the option for a value that is not allowed, or a name that is no option. Those that
 * the page keeps to itself (`kept`) never come here, but one may be what was meant.
 */
export function checkOptions(
  call: string,
  options: unknown,
  checks: Readonly<Record<string, OptionCheck>>,
  kept: readonly string[] = ["signal"],
): void {
  if (!isObject(options)) throw new TypeError(`options of ${call}: found ${show(options)}; allowed: an object`);
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) throw noOption(name, call, [...Object.keys(checks), ...kept]);
    if (value === undefined || check.holds(value)) continue;
    throw new TypeError(`${name}: found ${show(value)}; allowed: ${check.allowed}`);
  }
}
