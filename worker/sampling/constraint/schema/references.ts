import { isObject, show } from "../../../values";
import { at, type Context, refuse, type Schema, type Translate } from "./context";
import { keysOf } from "./types";

/** `$ref`: the texts of what it refers to. */
export const reference: Translate = (schema, context) => {
  const [target, there] = resolved(schema, context);
  return there.translate(target, there);
};

/** A schema, or the one that its reference, and that one's, lead to; and where that is. */
export function resolved(schema: unknown, context: Context, seen: readonly unknown[] = []): [unknown, Context] {
  if (!isObject(schema) || !Object.hasOwn(schema, "$ref")) return [schema, context];
  if (seen.includes(schema)) return refuse(context, show(schema.$ref), "references that lead to a schema");
  return resolved(...referred(schema, rootedAt(schema, context)), [...seen, schema]);
}

/** Within a schema with an `$id` references begin at it; draft 7's `$id: "#name"` only names it. */
export function rootedAt(schema: Schema, context: Context): Context {
  const opensRoot = typeof schema.$id === "string" && !schema.$id.startsWith("#");
  return opensRoot ? { ...context, root: schema } : context;
}

/** Schemas by where their references begin: one object can stand at several places. */
export type Met = Map<unknown, Set<unknown>>;

/** Whether a schema is met there for the first time; from now on it is not. */
export function isNew(met: Met, schema: unknown, { root }: Context): boolean {
  const here = met.get(root) ?? new Set();
  met.set(root, here);
  return here.size < here.add(schema).size;
}

function referred(schema: Schema, context: Context): [unknown, Context] {
  const { $ref } = schema;
  const other = keysOf(schema).find((key) => key !== "$ref");
  if (other) refuse(context, `${show(other)} beside "$ref"`, "$ref without other keywords");
  if (typeof $ref !== "string" || !/^#(?:\/|$)/.test($ref))
    return refuse(at(context, "$ref"), show($ref), 'a reference such as "#/$defs/name"');
  const target = $ref
    .split("/")
    .slice(1)
    .reduce((value: unknown, step) => {
      const name = decoded(step)?.replace(/~1/g, "/").replace(/~0/g, "~");
      if (isObject(value) && rootedAt(value, context).root !== context.root) return undefined; // is another's part
      return name !== undefined && Object.hasOwn(Object(value), name) ? (value as Schema)[name] : undefined;
    }, context.root);
  if (target === undefined) refuse(at(context, "$ref"), show($ref), "a reference to a part of the schema");
  return [target, { ...context, path: $ref.slice(1) }];
}

/** Undefined where the escapes are none. */
function decoded(step: string): string | undefined {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
}
