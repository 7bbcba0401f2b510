import { isObject, show } from "../values";
import { ensure, type OptionContext } from "./checks";
import { CONFLICTS } from "./conflicts";
import type { GenerateOptions } from "./generate-options";
import { noOption } from "./nearest";
import { OPTIONS, type OptionRow, type ResolvedOptions } from "./option-table";

export type { OptionContext } from "./checks";
export type { ResolvedOptions } from "./option-table";

/** Options of generate() that are read elsewhere; one may be what was meant. */
const LOOKS = ["trace", "interventions"];

const isName = (name: string): name is keyof ResolvedOptions => Object.hasOwn(OPTIONS, name);

function settle<T>(name: string, row: OptionRow<T>, value: unknown, context: OptionContext): T {
  if (value === undefined) {
    return typeof row.default === "function" ? (row.default as (context: OptionContext) => T)(context) : row.default;
  }
  ensure(name, value, row.check, context);
  return row.settle ? row.settle(value as never, context) : (value as T);
}

/**
 * The options with every value settled.
 *
 * Throws a `TypeError` that names the option, what was found and what is allowed: for a value out of range, for a name
 * that is no option, and for options that can't work together.
 */
export function resolveOptions(options: GenerateOptions, context: OptionContext): ResolvedOptions {
  if (!isObject(options)) throw new TypeError(`options: found ${show(options)}; allowed: an object`);
  for (const name of Object.keys(options)) {
    if (!isName(name)) throw noOption(name, "generate()", [...Object.keys(OPTIONS), ...LOOKS]);
  }
  const settled = Object.entries(OPTIONS).map(([name, row]) => [
    name,
    settle<unknown>(name, row, options[name as keyof GenerateOptions], context),
  ]);
  const resolved = Object.fromEntries(settled) as ResolvedOptions;
  for (const { when, why } of CONFLICTS) if (when(resolved)) throw new TypeError(why(resolved));
  return resolved;
}
