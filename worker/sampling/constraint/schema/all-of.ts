import { isObject, show } from "../../../values";
import { at, type Context, listOf, refuse, type Schema, type Translate } from "./context";
import { isNew, type Met, resolved, rootedAt } from "./references";
import { keysOf } from "./types";

/** A schema among those that have to hold together, and where it stands. */
interface Member {
  schema: Schema;
  place: Context;
}

/**
 * `allOf`, with the keywords beside it: the properties of all, and every other keyword of the one that has it. Throws a
 * `TypeError` where two ask for different things by one keyword.
 */
export const allOf: Translate = (schema, context) => {
  const all = members(schema, context, [schema], new Map()).filter(({ schema }) => keysOf(schema).length > 0);
  const [first, ...others] = all;
  if (!first) return context.translate(true, context);
  if (others.length === 0) return context.translate(first.schema, first.place);
  const odd = all.find(({ schema, place }) => rootedAt(schema, place).root !== context.root);
  if (odd) refuse(odd.place, "an $id within allOf", "schemas of the same address");
  return context.translate(all.reduce<Schema>(joined, {}), at(context, "allOf"));
};

/** A schema's own keywords, and the schemas of its `allOf` and of theirs: each once. */
function members(schema: Schema, context: Context, within: readonly Schema[], met: Met): Member[] {
  const { allOf: _, $id: __, ...own } = schema; // of the $id the context knows
  const there = at(context, "allOf");
  const inner = listOf(schema, "allOf", "schemas", context).flatMap((one, i): Member[] => {
    const [member, place] = resolved(one, at(there, i));
    if (member === true) return [];
    if (!isObject(member)) return refuse(place, show(member), "a schema: an object, or true");
    if (within.includes(member)) refuse(place, "a schema within itself", "other schemas than itself");
    if (!isNew(met, member, place)) return [];
    if (!Object.hasOwn(member, "allOf")) return [{ schema: member, place }];
    return members(member, rootedAt(member, place), [...within, member], met);
  });
  return [{ schema: own, place: context }, ...inner];
}

/** Each speaks of the items that the others leave. */
const ITEMS = ["prefixItems", "items", "additionalItems"];

function joined(all: Schema, { schema, place }: Member): Schema {
  const { additionalProperties = true } = schema;
  const others =
    isObject(additionalProperties) && keysOf(additionalProperties).length === 0 ? true : additionalProperties;
  if (others !== true) refuse(at(place, "additionalProperties"), show(others), "true within allOf");
  if (ITEMS.some((key) => Object.hasOwn(all, key)) && ITEMS.some((key) => Object.hasOwn(schema, key)))
    refuse(place, "items in two schemas of allOf", "in one of them");
  const both: Record<string, unknown> = { ...all };
  for (const key of keysOf(schema).filter((key) => key !== "additionalProperties")) {
    const value = Object.hasOwn(all, key) ? TOGETHER[key]?.(all[key], schema[key]) : [schema[key]];
    if (!value)
      refuse(place, `${show(key)} in two schemas of allOf`, "a keyword in one, properties of different names");
    both[key] = value[0];
  }
  return both;
}

/** What keywords of two schemas ask for together; undefined where that is not one schema's. */
const TOGETHER: Record<string, (a: unknown, b: unknown) => [unknown] | undefined> = {
  type: (a, b) => (a === b ? [a] : undefined),
  required: (a, b) => (Array.isArray(a) && Array.isArray(b) ? [[...a, ...b]] : undefined),
  properties: (a, b) =>
    isObject(a) && isObject(b) && !Object.keys(a).some((name) => Object.hasOwn(b, name)) ? [{ ...a, ...b }] : undefined,
};
