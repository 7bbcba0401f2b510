import { isWhole, show } from "../../../values";
import type { Expression } from "../expression";

export type Schema = Readonly<Record<string, unknown>>;

/** Where in the schema we are, and what leads on from there. */
export interface Context {
  /** The nearest schema with an `$id`, or the whole: where references begin. */
  root: unknown;
  path: string;
  /** How many times recursive schemas have been met within themselves on the way. */
  level: number;
  /** The recursive schemas that we are in, since the last such time. */
  open: readonly Schema[];
  /** The texts of the schema at a place. Throws a `TypeError` for what is none, or can't be done. */
  translate(schema: unknown, context: Context): Expression;
}

export type Translate = (schema: Schema, context: Context) => Expression;

export const at = (context: Context, step: string | number): Context => ({
  ...context,
  path: `${context.path}/${step}`,
});

export function refuse({ path }: Context, found: string, allowed: string): never {
  throw new TypeError(`constraint: jsonSchema${path}: found ${found}; allowed: ${allowed}`);
}

/** The texts of a keyword's schema. */
export const part = (schema: Schema, keyword: string, context: Context): Expression =>
  context.translate(schema[keyword], at(context, keyword));

/** A keyword's list, which holds something. */
export function listOf(schema: Schema, keyword: string, what: string, context: Context): readonly unknown[] {
  const list = schema[keyword];
  return Array.isArray(list) && list.length > 0
    ? list
    : refuse(at(context, keyword), show(list), `an array of ${what}`);
}

/** Two keywords that count: 0 and Infinity where they aren't given. */
export function limits(schema: Schema, context: Context, least: string, most: string): [number, number] {
  const limit = (key: string, otherwise: number): number => {
    const value = schema[key];
    if (value === undefined) return otherwise;
    return isWhole(value, 0) ? value : refuse(at(context, key), show(value), "a whole number from 0 up");
  };
  const [min, max] = [limit(least, 0), limit(most, Infinity)];
  if (min > max) refuse(context, `${least} ${min} over ${most} ${max}`, `${least} up to ${most}`);
  return [min, max];
}
