import { isObject } from "../../checks";
import { choice } from "../expression";
import { at, type Context, listOf, refuse, type Translate } from "./context";
import { resolved, rootedAt } from "./references";
import { type Type, typeOf, typesOf } from "./types";
import { valuesOf } from "./values";

/** `anyOf`: what one of its schemas allows. */
export const anyOf: Translate = (schema, context) => {
  const there = at(context, "anyOf");
  return choice(listOf(schema, "anyOf", "schemas", context).map((one, i) => context.translate(one, at(there, i))));
};

/** `oneOf`: the same of schemas of which no value can fit two. */
export const oneOf: Translate = (schema, context) => {
  const there = at(context, "oneOf");
  const options = listOf(schema, "oneOf", "schemas", context);
  const claims = options.map((one, i) => claimOf(one, at(there, i)));
  for (const [i, claim] of claims.entries()) {
    const other = claims.slice(0, i).findIndex((earlier) => !areApart(earlier, claim));
    if (other < 0) continue;
    const allowed = "schemas that differ in type, in const or enum, or in those of a property required in both";
    refuse(at(there, i), `what ${other} may allow too`, allowed);
  }
  return choice(options.map((one, i) => context.translate(one, at(there, i))));
};

/** What tells a schema's values from those of others. */
interface Claim {
  values: readonly unknown[] | undefined;
  types: readonly Type[] | undefined;
  /** Of objects: the values of required properties. */
  tags: ReadonlyMap<string, readonly unknown[]>;
}

function claimOf(option: unknown, place: Context): Claim {
  const [schema, context] = resolved(option, place);
  if (!isObject(schema)) return { values: undefined, types: undefined, tags: new Map() };
  const values = valuesOf(schema);
  const types = typesOf(schema, context);
  const { properties, required } = schema;
  const tags = new Map<string, readonly unknown[]>();
  if (isObject(properties) && Array.isArray(required) && types.every((type) => type === "object")) {
    for (const [name, property] of Object.entries(properties)) {
      const [value] = resolved(property, rootedAt(schema, context));
      const tag = isObject(value) ? valuesOf(value) : undefined;
      if (tag && required.includes(name)) tags.set(name, tag);
    }
  }
  return { values, types: values?.map(typeOf) ?? (schema.type === undefined ? undefined : types.map(kindOf)), tags };
}

/** A whole number is of both types. */
const kindOf = (type: Type): Type => (type === "integer" ? "number" : type);

function areApart(a: Claim, b: Claim): boolean {
  return (
    differ(a.values, b.values) ||
    differ(a.types, b.types) ||
    [...a.tags].some(([name, values]) => differ(values, b.tags.get(name)))
  );
}

/** Whether both are known and share nothing. Of arrays and objects that is not asked. */
const differ = (some: readonly unknown[] | undefined, others: readonly unknown[] | undefined): boolean =>
  some !== undefined &&
  others !== undefined &&
  some.every((one) => (typeof one !== "object" || one === null) && !others.includes(one));
