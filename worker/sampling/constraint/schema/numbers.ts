import { show } from "../../../values";
import { integer, number } from "../json";
import { type Limit, numbersBetween } from "../numbers";
import { at, refuse, type Translate } from "./context";
import { KEYWORDS } from "./types";

/** Both kinds: their texts without limits, and the digits after the point within them. */
const NUMBERS = { number: { free: number, places: 15 }, integer: { free: integer, places: 0 } };

/** Numbers of a type within their limits. */
export const numbers =
  (type: keyof typeof NUMBERS): Translate =>
  (schema, context) => {
    const { free, places } = NUMBERS[type];
    const given = KEYWORDS[type].filter((key) => schema[key] !== undefined);
    if (given.length === 0) return free;
    const limit = (key: string, otherwise: number, open: boolean): Limit => {
      const value = schema[key];
      if (value === undefined) return { value: otherwise, open };
      return Number.isFinite(value)
        ? { value: value as number, open }
        : refuse(at(context, key), show(value), "a finite number");
    };
    const tighter = (a: Limit, b: Limit, sign: number) => (a.value * sign > b.value * sign ? a : b);
    const least = tighter(limit("minimum", -Infinity, false), limit("exclusiveMinimum", -Infinity, true), 1);
    const most = tighter(limit("maximum", Infinity, false), limit("exclusiveMaximum", Infinity, true), -1);
    const found = given.map((key) => `${key} ${schema[key]}`).join(", ");
    return (
      numbersBetween(least, most, places) ?? refuse(context, found, `limits with ${type}s of up to 15 digits between`)
    );
  };
