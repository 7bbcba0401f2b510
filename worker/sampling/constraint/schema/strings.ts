import { show } from "../../../values";
import type { Expression } from "../expression";
import { string } from "../json";
import { fromPattern, fromRegex } from "../regex";
import { at, type Context, limits, refuse, type Schema, type Translate } from "./context";
import { FORMATS } from "./formats";
import { ofLength } from "./lengths";

/** Strings of a length, in which a pattern is found, or of a format; beside a pattern that is a note, as in JSON Schema 2020-12. */
export const strings: Translate = (schema, context) => {
  const [min, max] = limits(schema, context, "minLength", "maxLength");
  const [keyword, content] = contentOf(schema, context) ?? [];
  if (!keyword || !content) return string(min, max);
  const fitting = ofLength(content, min, max);
  if (fitting) return string(fitting);
  return refuse(
    at(context, keyword),
    `${show(schema[keyword])} beside a minLength or maxLength that it can't be held to`,
    "one or the other",
  );
};

function contentOf(schema: Schema, context: Context): [keyword: string, content: Expression] | undefined {
  const { pattern, format } = schema;
  if (pattern !== undefined) {
    if (typeof pattern === "string") return ["pattern", fromPattern(pattern)];
    refuse(at(context, "pattern"), show(pattern), "a regular expression as text");
  }
  if (format === undefined) return undefined;
  if (typeof format === "string" && Object.hasOwn(FORMATS, format)) return ["format", fromRegex(FORMATS[format] ?? "")];
  return refuse(at(context, "format"), show(format), `${Object.keys(FORMATS).join(", ")}, or any beside a pattern`);
}
