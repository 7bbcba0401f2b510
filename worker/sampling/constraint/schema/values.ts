import { isObject, show } from "../../../values";
import { choice } from "../expression";
import { literal } from "../json";
import { at, type Context, listOf, refuse, type Schema, type Translate } from "./context";
import { typeOf, typesOf } from "./types";

/** `enum`: one of its values, of the schema's type where there is one. */
export const anyValue: Translate = (schema, context) => {
  const values = listOf(schema, "enum", "values", context);
  const odd = values.findIndex((value) => !isJSON(value));
  if (odd >= 0) refuse(at(context, "enum"), `${show(values[odd])} at place ${odd}`, "values that JSON has");
  return literals(values, "enum", schema, context);
};

/** `const`: its value. */
export const oneValue: Translate = (schema, context) => {
  if (!isJSON(schema.const)) refuse(at(context, "const"), show(schema.const), "a value that JSON has");
  return literals([schema.const], "const", schema, context);
};

function literals(values: readonly unknown[], keyword: string, schema: Schema, context: Context) {
  if (schema.type !== undefined) typesOf(schema, context); // refuses what is no type
  const fitting = values.filter((value) => fitsType(value, schema.type));
  if (fitting.length > 0) return choice(fitting.map(literal));
  return refuse(at(context, keyword), show(schema[keyword]), `a value of type ${show(schema.type)}`);
}

/** The values that a schema lists, or its alternatives do; undefined where it lists none. */
export function valuesOf(schema: unknown, met = new Set<unknown>()): readonly unknown[] | undefined {
  if (!isObject(schema)) return undefined;
  if (met.has(schema)) return []; // listed already
  met.add(schema);
  if (Object.hasOwn(schema, "const")) return [schema.const];
  if (Array.isArray(schema.enum)) return schema.enum;
  const options = schema.anyOf ?? schema.oneOf;
  const lists = Array.isArray(options) ? options.map((one) => valuesOf(one, met)) : [undefined];
  return lists.includes(undefined) ? undefined : lists.flatMap((values) => values ?? []);
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
  return type === undefined || types.includes(typeOf(value)) || (types.includes("integer") && Number.isInteger(value));
}
