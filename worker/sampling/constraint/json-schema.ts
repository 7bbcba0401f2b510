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

/**
 * The values of a JSON schema without white space, properties in the order of the schema: docs/constraints.md has the
 * keywords. Throws a `TypeError` that names the first it can't do, and where.
 */
export function fromSchema(schema: unknown): Expression {
  /** [level] → by where references begin; undefined while it is being put together. */
  const levels = Array.from({ length: LEVELS }, () => new Map<unknown, Map<Schema, Expression | undefined>>());

  /** Each schema once a level, however often it is referred to; within itself on the next level, and not within the last. */
  function translate(schema: unknown, context: Context): Expression {
    if (schema === true) return anyJSON();
    if (!isObject(schema)) return refuse(context, show(schema), "a schema: an object, or true");
    const byRoot = levels[context.level];
    if (!byRoot) return never;
    const known = byRoot.get(context.root) ?? new Map<Schema, Expression | undefined>();
    byRoot.set(context.root, known);
    if (known.has(schema)) return known.get(schema) ?? translate(schema, { ...context, level: context.level + 1 });
    known.set(schema, undefined);
    const texts = translateKeywords(schema, rootedAt(schema, context));
    known.set(schema, texts);
    return texts;
  }

  return translate(schema, { root: schema, path: "", level: 0, translate });
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
