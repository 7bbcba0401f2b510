import { isObject, show } from "../../../values";
import { choice, type Expression, text } from "../expression";
import { anyJSON, object, record, string } from "../json";
import { fromPattern } from "../regex";
import { at, type Context, listOf, part, refuse, type Schema, type Translate } from "./context";
import { isNew, type Met, resolved, rootedAt } from "./references";
import { keysOf } from "./types";
import { valuesOf } from "./values";

/** What says which names an object can have: one of them. */
const NAMES = ["properties", "propertyNames", "patternProperties"];

/** Objects with the properties that are named, in their order; where none is, of any names that the schema allows. */
export const objects: Translate = (schema, context) => {
  const { required = [], additionalProperties = true } = schema;
  if (typeof additionalProperties !== "boolean" && !isObject(additionalProperties))
    refuse(at(context, "additionalProperties"), show(additionalProperties), "a schema: an object, true or false");
  const [one, other] = NAMES.filter((key) => !saysNothing(schema[key]));
  if (other) refuse(context, `${show(other)} beside ${show(one)}`, "one of them");
  const named = [...oneByOne(schema, context), ...listedNames(schema, context)];
  if (!Array.isArray(required)) return refuse(at(context, "required"), show(required), "an array of names");
  const wanted: readonly unknown[] = required;
  const unknown = wanted.filter((one) => !named.some(([name]) => name === one));
  if (unknown.length > 0) refuse(at(context, "required"), show(unknown[0]), "names that are among the properties");
  if (named.length === 0) return anyNames(schema, context);
  return object(named.map(([name, value]) => ({ name, value, required: wanted.includes(name) })));
};

const saysNothing = (value: unknown): boolean =>
  value === undefined || value === true || (isObject(value) && Object.keys(value).length === 0);

function oneByOne({ properties = {} }: Schema, context: Context): [name: string, value: Expression][] {
  const there = at(context, "properties");
  if (!isObject(properties)) return refuse(there, show(properties), "an object of schemas");
  return Object.entries(properties).map(([name, one]) => [name, context.translate(one, at(there, name))]);
}

/** The names that `propertyNames` lists, each with the schema of all. */
function listedNames(schema: Schema, context: Context): [name: string, value: Expression][] {
  const there = at(context, "propertyNames");
  const listed = valuesOf(resolved(schema.propertyNames, there)[0]);
  if (!listed || schema.additionalProperties === false) return [];
  const odd = listed.findIndex((name) => typeof name !== "string");
  if (odd >= 0) refuse(there, `${show(listed[odd])} at place ${odd}`, "names, which are strings");
  nameOf(schema.propertyNames, there); // refuses what stands beside them
  const value = otherValue(schema, context);
  return [...new Set(listed as string[])].map((name) => [name, value]);
}

function anyNames(schema: Schema, context: Context): Expression {
  const { patternProperties, propertyNames = true, additionalProperties } = schema;
  if (!saysNothing(patternProperties)) {
    const there = at(context, "patternProperties");
    const patterns = isObject(patternProperties) ? Object.entries(patternProperties) : [];
    const [first] = patterns;
    if (!first || patterns.length > 1) return refuse(there, show(patternProperties), "an object of one pattern");
    const [pattern, value] = first;
    return record(string(fromPattern(pattern)), context.translate(value, at(there, pattern)));
  }
  const name = nameOf(propertyNames, at(context, "propertyNames"));
  return additionalProperties === false ? text("{}") : record(name, otherValue(schema, context));
}

/** The value of any name. */
const otherValue = (schema: Schema, context: Context): Expression =>
  (schema.additionalProperties ?? true) === true ? anyJSON(2) : part(schema, "additionalProperties", context);

/** A name as its schema has it, which speaks of strings. */
const nameOf = (schema: unknown, place: Context): Expression => choice(namesOf(schema, place, [], new Map()));

/** The same, or of its alternatives, each once. */
function namesOf(schema: unknown, place: Context, within: readonly unknown[], met: Met): Expression[] {
  const [names, outside] = resolved(schema, place);
  if (names === true) return [string(0, Infinity)];
  if (!isObject(names)) return refuse(outside, show(names), "a schema: an object, or true");
  if (within.includes(names)) return refuse(outside, "a schema within itself", "other schemas than itself");
  if (!isNew(met, names, outside)) return [];
  const there = rootedAt(names, outside);
  const [key, ...others] = keysOf(names);
  if ((key === "anyOf" || key === "oneOf") && others.length === 0) {
    if (key === "oneOf") there.translate(names, there); // refuses a name that may be of two
    const options = listOf(names, key, "schemas", there);
    return options.flatMap((one, i) => namesOf(one, at(at(there, key), i), [...within, names], met));
  }
  const { type = "string" } = names;
  return type === "string"
    ? [there.translate({ ...names, type }, there)]
    : refuse(there, `type ${show(type)}`, "strings");
}
