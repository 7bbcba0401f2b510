import fc from "fast-check";

const name = fc.constantFrom("name", "age", 'a "quote"', "é", "x", "long name", "日");
const count = fc.nat({ max: 3 });
const value = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant({ a: [1, "b"] }),
);

/** Stands for the definition that it is in. */
const SELF = {};

const { schema } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthIdentifier: "schema" },
    fc.constantFrom({ type: "integer" }, { type: "number" }, { type: "boolean" }, { type: "null" }, { type: "string" }),
    fc
      .tuple(fc.constantFrom("integer", "number"), fc.integer({ min: -200, max: 200 }), count)
      .map(([type, from, more]) => ({ type, minimum: from / 10, exclusiveMaximum: from / 10 + more + 1 })),
    fc.tuple(count, count).map(([min, more]) => ({ type: "string", minLength: min, maxLength: min + more })),
    fc
      .constantFrom("^[a-c]+$", "\\d{2}", "^x", '"', "[^a]$", "^(a|é)|b$")
      .map((pattern) => ({ type: "string", pattern })),
    fc
      .constantFrom("date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri")
      .map((format) => ({ type: "string", format })),
    fc
      .tuple(count, count)
      .map(([min, more]) => ({ type: "string", pattern: "^x[a-cé]*$", minLength: min, maxLength: min + more + 1 })),
    fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => ({ enum: values })),
    value.map((one) => ({ const: one, title: "one value" })),
    fc.constantFrom(
      { type: ["string", "null"] },
      { type: ["integer", "boolean"] },
      { minLength: 2 },
      { type: "object" },
      {},
    ),
    fc
      .tuple(
        fc.dictionary(name, tie("schema"), { maxKeys: 4, noNullPrototype: true }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      )
      .map(([properties, needed]) => ({
        ...{ type: "object", properties, additionalProperties: false },
        required: Object.keys(properties).filter((_, i) => needed[i]),
      })),
    fc
      .tuple(tie("schema"), count, count)
      .map(([items, min, more]) => ({ type: "array", items, minItems: min, maxItems: min + more })),
    tie("schema").map((items) => ({ type: "array", items })),
    fc
      .tuple(
        fc.array(tie("schema"), { minLength: 1, maxLength: 3 }),
        fc.oneof(fc.constant(false), tie("schema")),
        count,
      )
      .map(([prefixItems, items, min]) => ({
        ...{ type: "array", prefixItems, items },
        minItems: items === false ? Math.min(min, prefixItems.length) : min,
      })),
    tie("schema").map((additionalProperties) => ({ type: "object", additionalProperties })),
    tie("schema").map((one) => ({
      type: "object",
      patternProperties: { "^[a-c]+$": one },
      additionalProperties: false,
    })),
    fc
      .tuple(tie("schema"), fc.constantFrom({ enum: ["a", "é"] }, { type: "string", maxLength: 2 }))
      .map(([additionalProperties, propertyNames]) => ({ type: "object", propertyNames, additionalProperties })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((all) => ({
      oneOf: all.map((one, kind) => ({ properties: { kind: { const: kind }, one }, required: ["kind"] })),
    })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((all) => ({
      allOf: all.map((one, i) => ({
        type: "object",
        properties: { [`p${i}`]: one },
        required: i > 0 ? [`p${i}`] : [],
      })),
    })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf, description: "a choice" })),
    tie("schema").map((one) => ({ $ref: "#/$defs/it", $defs: { it: one } })),
    tie("schema").map((one) => ({
      $ref: "#/$defs/it",
      $defs: { it: { anyOf: [one, { type: "array", prefixItems: [SELF, one], minItems: 1, items: false }] } },
    })),
  ),
}));

/** References point at the root: what a nested schema defines is moved there, and may refer to itself. */
function hoist(root: object): object {
  const defs: Record<string, unknown> = {};
  const walk = (node: unknown, within: string): unknown => {
    if (Array.isArray(node)) return node.map((one) => walk(one, within));
    if (typeof node !== "object" || node === null) return node;
    if (node === SELF) return { $ref: within };
    const { $defs, ...rest } = node as { $defs?: { it: unknown } };
    const inner = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, walk(one, within)]));
    if (!$defs) return inner;
    const key = `it${Object.keys(defs).length}`;
    defs[key] = null;
    defs[key] = walk($defs.it, `#/$defs/${key}`);
    return { ...inner, $ref: `#/$defs/${key}` };
  };
  return { ...(walk(root, "#") as object), $defs: defs };
}

/** JSON schemas of everything that docs/constraints.md lists. */
export const schemas = schema.map(hoist);

const atom = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "ab",
    "é",
    "日",
    "😀",
    "0",
    "1",
    "\\d",
    "\\w",
    "\\s",
    ".",
    "[a-d]",
    "[^a-y]",
    "\\p{Lu}",
    "[\\d_]",
  ),
  fc.constantFrom("[ß-ö]", "\\u{1f600}", "\\x41", "\\.", "[^\\W\\d]", "\\D", "\\S", "[\\s\\S]", "(1|0)", "[一-龥a]"),
);
const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}?", "{2,}", "+?");
const { expression } = fc.letrec<{ expression: string; sequence: string; part: string }>((tie) => ({
  part: fc
    .tuple(
      fc.oneof(
        { maxDepth: 2 },
        atom,
        tie("expression").map((inner) => `(?:${inner})`),
      ),
      quantifier,
    )
    .map((two) => two.join("")),
  sequence: fc.array(tie("part"), { minLength: 0, maxLength: 3 }).map((parts) => parts.join("")),
  expression: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((options) => options.join("|")),
}));
const flags = fc.constantFrom("u", "u", "u", "su", "iu", "v", "isu");

/** Regular expressions with their flags. */
export const expressions = fc.tuple(expression, flags).map(([source, flag]) => new RegExp(source, flag));

const letters = fc.constantFrom("a", "b", ".", "[ab]", "[^a]");
const anchor = (sign: string) => fc.constantFrom("", "", "", "", sign);
const { pattern } = fc.letrec<{ pattern: string; sequence: string; part: string }>((tie) => ({
  part: fc
    .tuple(
      fc.oneof(
        { maxDepth: 2 },
        letters,
        tie("pattern").map((inner) => `(${inner})`),
      ),
      fc.constantFrom("", "", "", "*", "?", "{2}"),
    )
    .map((two) => two.join("")),
  sequence: fc
    .tuple(anchor("^"), fc.array(tie("part"), { minLength: 1, maxLength: 3 }), anchor("$"))
    .map(([start, parts, end]) => [start, ...parts, end].join("")),
  pattern: fc.array(tie("sequence"), { minLength: 1, maxLength: 2 }).map((options) => options.join("|")),
}));

/** Regular expressions with anchors at the start and the end of any alternative, groups' too. */
export const anchored = pattern;

/** The same for a whole text. */
export const wholeText = ({ source, flags }: RegExp): RegExp => new RegExp(`^(?:${source})$`, flags);
