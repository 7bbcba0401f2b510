import { isObject } from "../../../values";
import { choice } from "../expression";
import { at, type Context, listOf, refuse, type Schema, type Translate } from "./context";
import { isNew, type Met, resolved, rootedAt } from "./references";
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
  const texts = options.map((one, i) => context.translate(one, at(there, i)));
  const claims = options.map((one, i) => claimsOf(one, at(there, i), new Map()));
  for (const [i, own] of claims.entries()) {
    const other = claims.slice(0, i).findIndex((earlier) => !earlier.every((a) => own.every((b) => areApart(a, b))));
    if (other < 0) continue;
    const allowed = "schemas that differ in type, in const or enum, or in those of a property required in both";
    refuse(at(there, i), `values that oneOf/${other} may have too`, allowed);
  }
  return choice(texts);
};

/** What tells a schema's values from those of others. */
interface Claim {
  values?: readonly unknown[] | undefined;
  types?: readonly Type[] | undefined;
  /** Of objects: the values of required properties. */
  tags?: ReadonlyMap<string, readonly unknown[]>;
}

/** What a schema's values have in common, or those of each of its alternatives, each once. */
function claimsOf(option: unknown, place: Context, met: Met): Claim[] {
  const [schema, outside] = resolved(option, place);
  if (!isObject(schema)) return [{}];
  if (!isNew(met, schema, outside)) return [];
  const context = rootedAt(schema, outside);
  const keyword = ["anyOf", "oneOf"].find((key) => Object.hasOwn(schema, key));
  if (!keyword) return [claimOf(schema, context)];
  const there = at(context, keyword);
  return listOf(schema, keyword, "schemas", context).flatMap((one, i) => claimsOf(one, at(there, i), met));
}

function claimOf(schema: Schema, context: Context): Claim {
  const values = valuesOf(schema);
  if (values) return { values, types: values.map(typeOf) };
  if (schema.type === undefined && Object.hasOwn(schema, "allOf")) return {}; // whose types may be more
  const types = typesOf(schema, context);
  const tags = types.every((type) => type === "object") ? tagsOf(schema, context) : new Map();
  return schema.type === undefined ? { tags } : { types: types.map(kindOf), tags }; // without a type any other fits too
}

function tagsOf({ properties, required }: Schema, context: Context): Map<string, readonly unknown[]> {
  if (!isObject(properties) || !Array.isArray(required)) return new Map();
  const needed = Object.entries(properties).filter(([name]) => required.includes(name));
  return new Map(
    needed.flatMap(([name, property]) => {
      const [value] = resolved(property, context);
      const values = valuesOf(value);
      return values ? [[name, values]] : [];
    }),
  );
}

/** A whole number is of both types. */
const kindOf = (type: Type): Type => (type === "integer" ? "number" : type);

function areApart(a: Claim, b: Claim): boolean {
  return (
    differ(a.values, b.values) ||
    differ(a.types, b.types) ||
    [...(a.tags ?? [])].some(([name, values]) => differ(values, b.tags?.get(name)))
  );
}

/** Whether both are known and share nothing. Of arrays and objects that is not asked. */
const differ = (some: readonly unknown[] | undefined, others: readonly unknown[] | undefined): boolean =>
  some !== undefined &&
  others !== undefined &&
  some.every((one) => (typeof one !== "object" || one === null) && !others.includes(one));
