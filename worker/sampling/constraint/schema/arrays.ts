import { show } from "../../../values";
import { commaList, type Expression, nothing, prefix, repeat, sequence, text } from "../expression";
import { anyJSON } from "../json";
import { at, type Context, limits, part, refuse, type Schema, type Translate } from "./context";

/**
 * Arrays whose first items have a schema each, after which all have one, or there are none. Draft 7 lists the first ones in
 * `items`, and `additionalItems` are those after them.
 */
export const arrays: Translate = (schema, context) => {
  const [min, max] = limits(schema, context, "minItems", "maxItems");
  const [listed, after] = Array.isArray(schema.items) ? ["items", "additionalItems"] : ["prefixItems", "items"];
  if (after === "items" && schema.additionalItems !== undefined)
    refuse(at(context, "additionalItems"), "no list of items", "additionalItems after such a list");
  if (listed === "items" && schema.prefixItems !== undefined)
    refuse(at(context, "prefixItems"), "a list of items beside it", "one or the other");
  const first = firstItems(schema, listed, context);
  const later = laterItems(schema, after, first.length > 0, context);
  if (!later && min > first.length)
    refuse(at(context, "minItems"), show(min), `up to ${first.length}, the items that have a schema`);
  const items = later && first.length === 0 ? commaList(later, min, max) : inTurn(first, later, min, max);
  return sequence(text("["), items, text("]"));
};

function firstItems(schema: Schema, keyword: string, context: Context): readonly Expression[] {
  const { [keyword]: items = [] } = schema;
  if (!Array.isArray(items)) return refuse(at(context, keyword), show(items), "an array of schemas");
  return items.map((item, i) => context.translate(item, at(at(context, keyword), i)));
}

/** Undefined where there are none; any after no first ones where nothing says what they are. */
function laterItems(schema: Schema, keyword: string, isTuple: boolean, context: Context): Expression | undefined {
  const { [keyword]: items = !isTuple } = schema;
  if (items === false) return undefined;
  return schema[keyword] === undefined ? anyJSON(2) : part(schema, keyword, context);
}

/** Each item after the one before it, a comma between. */
function inTurn(first: readonly Expression[], later: Expression | undefined, min: number, max: number): Expression {
  const beyond = (count: number) => Math.max(0, count - first.length);
  const listed = first.slice(0, max).map((item, i) => (i > 0 ? sequence(text(","), item) : item));
  const rest = later ? repeat(sequence(text(","), later), beyond(min), beyond(max)) : nothing;
  return prefix([...listed, rest], min);
}
