import { isObject, show } from "../../values";
import { choice, type Expression, never, text } from "./expression";
import { anyJSON } from "./json";
import { allOf } from "./schema/all-of";
import { anyOf, oneOf } from "./schema/alternatives";
import { arrays } from "./schema/arrays";
import { type Context, refuse, type Schema, type Translate } from "./schema/context";
import { numbers } from "./schema/numbers";
import { objects } from "./schema/objects";
import { reference, rootedAt } from "./schema/references";
import { strings } from "./schema/strings";
import { KEYWORDS, keysOf, type Type, typesOf } from "./schema/types";
import { anyValue, oneValue } from "./schema/values";

/** Keywords that say all by themselves; but `enum` and `const` may have a type. */
const ALONE: Record<string, Translate> = { enum: anyValue, const: oneValue, anyOf, oneOf, $ref: reference };
const TYPED = ["enum", "const"];

/** What the keywords of a type say. */
const TEXTS: Record<Type, Translate> = {
  object: objects,
  array: arrays,
  string: strings,
  number: numbers("number"),
  integer: numbers("integer"),
  boolean: () => choice([text("true"), text("false")]),
  null: () => text("null"),
};

/** How often a schema is written within itself at most: a finite automaton has a last level. */
const LEVELS = 3;
/** Schemas that refer to one another in many ways have as many ways to be within one another. */
const MOST_TRANSLATED = 100_000;

/**
 * The values of a JSON schema without white space, properties in the order of the schema: docs/constraints.md has the
 * keywords. Throws a `TypeError` that names the first it can't do, and where.
 */
export function fromSchema(schema: unknown): Expression {
  const recursive = new Set<Schema>();
  for (;;) {
    const known = recursive.size;
    const texts = translateOnce(schema, recursive);
    if (recursive.size === known) return texts; // else once more, knowing them
  }
}

/** The same, as far as the recursive schemas are known; adds those that are met within themselves. */
function translateOnce(schema: unknown, recursive: Set<Schema>): Expression {
  /** By what else decides about a schema's texts; undefined while they are being put together. */
  const known = new Map<string, Map<Schema, Expression | undefined>>();
  const numbers = new Map<unknown, number>();
  const numberOf = (one: unknown): number => {
    const number = numbers.get(one) ?? numbers.size;
    numbers.set(one, number);
    return number;
  };
  let translated = 0;

  /** Each schema once a place, however often it is referred to. */
  function translate(schema: unknown, context: Context): Expression {
    if (schema === true) return anyJSON();
    if (!isObject(schema)) return refuse(context, show(schema), "a schema: an object, or true");
    const place = recursive.has(schema) ? within(schema, context) : context;
    if (place.level === LEVELS) return never;
    const key = [place.level, numberOf(place.root), ...place.open.map(numberOf).sort()].join();
    const here = known.get(key) ?? new Map<Schema, Expression | undefined>();
    known.set(key, here);
    if (here.has(schema)) return here.get(schema) ?? metAgain(schema);
    if (++translated > MOST_TRANSLATED)
      refuse(context, `schemas within one another in over ${MOST_TRANSLATED} ways`, "fewer references");
    here.set(schema, undefined);
    const texts = translateKeywords(schema, rootedAt(schema, place));
    here.set(schema, texts);
    return texts;
  }

  function metAgain(schema: Schema): Expression {
    recursive.add(schema);
    return never;
  }

  return translate(schema, { root: schema, path: "", level: 0, open: [], translate });
}

/** Inside a recursive schema; one that is open already begins the next level. */
function within(schema: Schema, context: Context): Context {
  const { level, open } = context;
  return open.includes(schema)
    ? { ...context, level: level + 1, open: [schema] }
    : { ...context, open: [...open, schema] };
}

function translateKeywords(schema: Schema, context: Context): Expression {
  if (Object.hasOwn(schema, "allOf")) return allOf(schema, context);
  const keys = keysOf(schema);
  const lone = keys.find((key) => Object.hasOwn(ALONE, key));
  if (lone) {
    const other = keys.find((key) => key !== lone && !(key === "type" && TYPED.includes(lone)));
    if (other) refuse(context, `${show(other)} beside ${show(lone)}`, `${lone} without other keywords`);
    return (ALONE[lone] as Translate)(schema, context);
  }
  const types = typesOf(schema, context);
  const known = types.flatMap((type): readonly string[] => KEYWORDS[type]);
  const odd = keys.find((key) => key !== "type" && !known.includes(key));
  if (odd) {
    const allowed = [...new Set(["type", ...Object.keys(ALONE), "allOf", ...known])];
    refuse(context, `the keyword ${show(odd)}`, allowed.join(", "));
  }
  if (keys.length === 0) return anyJSON();
  const apart = types.filter((type) => !(type === "integer" && types.includes("number"))); // each integer is a number
  return choice(apart.map((type) => TEXTS[type](schema, context)));
}
