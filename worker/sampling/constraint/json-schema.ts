import { isObject, show } from "../checks";
import { choice, commaList, type Expression, nothing, sequence, text } from "./expression";
import { anyJSON, integer, literal, number, object, type Property, string } from "./json";
import { type Limit, numbersBetween } from "./numbers";
import { fromPattern } from "./regex";

type Schema = Record<string, unknown>;

/** Keywords that say nothing about which values are valid. */
const NOTES = ["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"].concat([
  "$schema",
  "$id",
  "$comment",
  "$anchor",
  "$defs",
  "definitions",
]);

const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"] as const;
type Type = (typeof TYPES)[number];

/** Where in the schema we are, and what leads on from there. */
interface Context {
  /** The nearest schema with an `$id`, or the whole: where references begin. */
  root: unknown;
  path: string;
  /** The texts of each schema met so far, undefined while they are being put together. */
  known: Map<Schema, Expression | undefined>;
}

const at = (context: Context, step: string): Context => ({ ...context, path: `${context.path}/${step}` });

function refuse({ path }: Context, found: string, allowed: string): never {
  throw new TypeError(`constraint: jsonSchema${path}: found ${found}; allowed: ${allowed}`);
}

/**
 * The values of a JSON schema without white space, properties in the order of the schema: docs/constraints.md has the
 * keywords. Throws a `TypeError` that names the first it can't do, and where.
 */
export function fromSchema(schema: unknown): Expression {
  return translate(schema, { root: schema, path: "", known: new Map() });
}

/** Each schema once, however often it is referred to. */
function translate(schema: unknown, context: Context): Expression {
  if (schema === true) return anyJSON();
  if (!isObject(schema)) return refuse(context, show(schema), "a schema: an object, or true");
  const { known } = context;
  if (known.has(schema))
    return known.get(schema) ?? refuse(context, "a schema within itself", "schemas and references without recursion");
  known.set(schema, undefined);
  const texts = translateKeywords(schema, opensRoot(schema) ? { ...context, root: schema } : context);
  known.set(schema, texts);
  return texts;
}

/** Whether references within a schema begin at it; draft 7's `$id: "#name"` only names it. */
const opensRoot = ({ $id }: Schema): boolean => typeof $id === "string" && !$id.startsWith("#");

function translateKeywords(schema: Schema, context: Context): Expression {
  const keys = Object.keys(schema).filter((key) => !NOTES.includes(key));
  const lone = keys.find((key): key is keyof typeof ALONE => Object.hasOwn(ALONE, key));
  if (lone) {
    const other = keys.find((key) => key !== lone && !(key === "type" && (lone === "enum" || lone === "const")));
    if (other) refuse(context, `${show(other)} beside ${show(lone)}`, `${lone} without other keywords`);
    return ALONE[lone](schema, at(context, lone));
  }
  const types = typesOf(schema, keys, context);
  const known = types.flatMap((type) => Object.keys(KEYWORDS[type].keywords));
  const odd = keys.find((key) => key !== "type" && !known.includes(key));
  if (odd) refuse(context, `the keyword ${show(odd)}`, `${["type", ...Object.keys(ALONE), ...known].join(", ")}`);
  if (keys.length === 0) return anyJSON();
  const apart = types.filter((type) => !(type === "integer" && types.includes("number"))); // each integer is a number
  return choice(apart.map((type) => KEYWORDS[type].translate(schema, context)));
}

/** The types of a schema; without `type` those that its keywords speak of, or all. */
function typesOf(schema: Schema, keys: readonly string[], context: Context): readonly Type[] {
  const { type } = schema;
  if (type === undefined) {
    const spoken = TYPES.filter((one) => keys.some((key) => Object.hasOwn(KEYWORDS[one].keywords, key)));
    return spoken.length > 0 ? spoken : TYPES;
  }
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  const wrong = types.find((one) => !TYPES.includes(one as Type));
  if (types.length === 0 || wrong !== undefined) refuse(at(context, "type"), show(type), TYPES.join(", "));
  return types as readonly Type[];
}

type Translate = (schema: Schema, context: Context) => Expression;

/** Keywords that say all by themselves. */
const ALONE = {
  enum(schema, context) {
    const values = schema.enum;
    if (!Array.isArray(values) || values.length === 0) refuse(context, show(values), "an array of values");
    const odd = values.findIndex((value) => !isJSON(value));
    if (odd >= 0) refuse(context, `${show(values[odd])} at place ${odd}`, "values that JSON has");
    const fitting = values.filter((value) => fitsType(value, schema.type));
    if (fitting.length === 0) refuse(context, show(values), `a value of type ${show(schema.type)}`);
    return choice(fitting.map(literal));
  },
  const(schema, context) {
    if (!isJSON(schema.const)) refuse(context, show(schema.const), "a value that JSON has");
    if (!fitsType(schema.const, schema.type))
      refuse(context, show(schema.const), `a value of type ${show(schema.type)}`);
    return literal(schema.const);
  },
  anyOf(schema, context) {
    const { anyOf } = schema;
    if (!Array.isArray(anyOf) || anyOf.length === 0) refuse(context, show(anyOf), "an array of schemas");
    return choice(anyOf.map((one, i) => translate(one, at(context, String(i)))));
  },
  $ref(schema, context) {
    const { $ref } = schema;
    if (typeof $ref !== "string" || !/^#(?:\/|$)/.test($ref))
      refuse(context, show($ref), 'a reference such as "#/$defs/name"');
    const target = $ref
      .split("/")
      .slice(1)
      .reduce((value: unknown, step) => {
        const name = decoded(step)?.replace(/~1/g, "/").replace(/~0/g, "~");
        return name !== undefined && Object.hasOwn(Object(value), name) ? (value as Schema)[name] : undefined;
      }, context.root);
    if (target === undefined) refuse(context, show($ref), "a reference to a part of the schema");
    return translate(target, { ...context, path: $ref.slice(1) });
  },
} satisfies Record<string, Translate>;

/** Undefined where the escapes are none. */
function decoded(step: string): string | undefined {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
}

/** Whether a value, itself within others, comes back from its JSON text. */
function isJSON(value: unknown, within: readonly unknown[] = []): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (!Array.isArray(value) && !isObject(value)) return Number.isFinite(value);
  const parts = Array.isArray(value) ? Array.from(value) : Object.values(value); // a hole is undefined
  return !within.includes(value) && parts.every((part) => isJSON(part, [...within, value]));
}

function fitsType(value: unknown, type: unknown): boolean {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  const own = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return type === undefined || types.includes(own) || (types.includes("integer") && Number.isInteger(value));
}

/** Two keywords that count: 0 and Infinity where they aren't given. */
const limits = (schema: Schema, context: Context, least: string, most: string): [number, number] => {
  const limit = (key: string, otherwise: number): number => {
    const value = schema[key];
    if (value === undefined) return otherwise;
    const good = typeof value === "number" && value >= 0 && Number.isInteger(value);
    return good ? value : refuse(at(context, key), show(value), "an integer from 0 up");
  };
  const [min, max] = [limit(least, 0), limit(most, Infinity)];
  if (min > max) refuse(context, `${least} ${min} over ${most} ${max}`, `${least} up to ${most}`);
  return [min, max];
};

const LIMITS = { minimum: true, exclusiveMinimum: true, maximum: true, exclusiveMaximum: true } as const;

/** Each type's own keywords, and its texts. */
const KEYWORDS: Record<Type, { keywords: Record<string, true>; translate: Translate }> = {
  object: { keywords: { properties: true, required: true, additionalProperties: true }, translate: translateObject },
  array: {
    keywords: { items: true, minItems: true, maxItems: true },
    translate(schema, context) {
      const [min, max] = limits(schema, context, "minItems", "maxItems");
      const item = schema.items === undefined ? anyJSON(2) : translate(schema.items, at(context, "items"));
      return sequence(text("["), commaList(item, min, max), text("]"));
    },
  },
  string: {
    keywords: { pattern: true, minLength: true, maxLength: true },
    translate(schema, context) {
      const { pattern } = schema;
      const [min, max] = limits(schema, context, "minLength", "maxLength");
      if (pattern === undefined) return string(min, max);
      if (typeof pattern !== "string") refuse(at(context, "pattern"), show(pattern), "a regular expression as text");
      if (min > 0 || max < Infinity) refuse(at(context, "pattern"), "a length beside it", "one or the other");
      return string(fromPattern(pattern));
    },
  },
  number: { keywords: LIMITS, translate: (schema, context) => translateNumber("number", schema, context) },
  integer: { keywords: LIMITS, translate: (schema, context) => translateNumber("integer", schema, context) },
  boolean: { keywords: {}, translate: () => choice([text("true"), text("false")]) },
  null: { keywords: {}, translate: () => text("null") },
};

/** Both kinds: their texts without limits, and the digits after the point within them. */
const NUMBERS = { number: { free: number, places: 15 }, integer: { free: integer, places: 0 } };

function translateNumber(type: keyof typeof NUMBERS, schema: Schema, context: Context): Expression {
  const { free, places } = NUMBERS[type];
  const given = Object.keys(LIMITS).filter((key) => schema[key] !== undefined);
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
}

function translateObject(schema: Schema, context: Context): Expression {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (!isObject(properties)) return refuse(at(context, "properties"), show(properties), "an object of schemas");
  const names = Object.keys(properties);
  if (!Array.isArray(required)) return refuse(at(context, "required"), show(required), "an array of names");
  const wanted: readonly unknown[] = required;
  const odd = wanted.findIndex((name) => typeof name !== "string" || !names.includes(name));
  if (odd >= 0) refuse(at(context, "required"), show(wanted[odd]), "names that are among the properties");
  if (names.length === 0) {
    if (additionalProperties === false) return text("{}");
    const value = additionalProperties ?? true;
    return object([], value === true ? anyJSON(2) : translate(value, at(context, "additionalProperties")));
  }
  if (additionalProperties !== undefined && typeof additionalProperties !== "boolean") {
    refuse(at(context, "additionalProperties"), "a schema beside properties", "true or false");
  }
  return object(
    names.map((name): Property => {
      const value = translate(properties[name], at(at(context, "properties"), name));
      return { name, value, required: wanted.includes(name) };
    }),
    nothing,
  );
}
