import { show } from "../../../values";
import { at, type Context, refuse, type Schema } from "./context";

/** Keywords that say nothing about which values are valid. */
const NOTES: readonly string[] = [
  ...["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "discriminator"],
  ...["contentEncoding", "contentMediaType", "contentSchema"],
  ...["$schema", "$id", "$comment", "$anchor", "$defs", "definitions"],
];

/** A schema's keywords that say something. */
export const keysOf = (schema: Schema): string[] => Object.keys(schema).filter((key) => !NOTES.includes(key));

const LIMITS = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] as const;

/** The types of JSON values, and the keywords that speak of each. */
export const KEYWORDS = {
  object: ["properties", "required", "additionalProperties", "propertyNames", "patternProperties"],
  array: ["prefixItems", "items", "additionalItems", "minItems", "maxItems"],
  string: ["pattern", "format", "minLength", "maxLength"],
  number: LIMITS,
  integer: LIMITS,
  boolean: [],
  null: [],
} as const satisfies Record<string, readonly string[]>;

export type Type = keyof typeof KEYWORDS;
const TYPES = Object.keys(KEYWORDS) as Type[];

/** The types of a schema; without `type` those that its keywords speak of, or all. */
export function typesOf(schema: Schema, context: Context): readonly Type[] {
  const { type } = schema;
  if (type === undefined) {
    const spoken = TYPES.filter((one) => KEYWORDS[one].some((key) => Object.hasOwn(schema, key)));
    return spoken.length > 0 ? spoken : TYPES;
  }
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  const wrong = types.find((one) => !TYPES.includes(one as Type));
  if (types.length === 0 || wrong !== undefined) refuse(at(context, "type"), show(type), TYPES.join(", "));
  return types as readonly Type[];
}

/** The type of a value that JSON has; of a number, whole or not, `number`. */
export function typeOf(value: unknown): Type {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : (typeof value as Type);
}
