import { type Check, ensure, integer, oneOf, simple } from "./sampling/checks";
import { noOption } from "./sampling/nearest";
import { isObject, show } from "./values";

export const flag = oneOf(true, false);

/** Checked where it is resolved. */
export const anything = simple("", () => true);

export const SEED = integer(0, 2 ** 32 - 1);

/**
 * Throws a `TypeError` that names the option for a value that is not allowed, or a name that is no option. Those that
 * the page keeps to itself (`kept`) never come here, but one may be what was meant.
 */
export function checkOptions(
  call: string,
  options: unknown,
  checks: Readonly<Record<string, Check>>,
  kept: readonly string[] = ["signal"],
): void {
  if (!isObject(options)) throw new TypeError(`options of ${call}: found ${show(options)}; allowed: an object`);
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) throw noOption(name, call, [...Object.keys(checks), ...kept]);
    if (value !== undefined) ensure(name, value, check);
  }
}
