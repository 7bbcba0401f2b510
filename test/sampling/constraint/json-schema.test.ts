import Ajv from "ajv/dist/2020";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mulberry32 } from "../../kernels/harness";
import { constrain, matches, wander } from "./vocabulary";

const ajv = new Ajv({ strict: false });
const name = fc.constantFrom("name", "age", 'a "quote"', "é", "x", "long name", "日");
const count = fc.nat({ max: 3 });
const value = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant({ a: [1, "b"] }),
);

const { schema } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthIdentifier: "schema" },
    fc.constantFrom({ type: "integer" }, { type: "number" }, { type: "boolean" }, { type: "null" }, { type: "string" }),
    fc.tuple(count, count).map(([min, more]) => ({ type: "string", minLength: min, maxLength: min + more })),
    fc
      .constantFrom("^[a-c]+$", "\\d{2}", "^x", '"', "[^a]$", "^(a|é)|b$")
      .map((pattern) => ({ type: "string", pattern })),
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
    tie("schema").map((additionalProperties) => ({ type: "object", additionalProperties })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf, description: "a choice" })),
    tie("schema").map((one) => ({ $ref: "#/$defs/it", $defs: { it: one } })),
  ),
}));

/** References point at the root: what a nested schema defines is moved there. */
function hoist(root: object): object {
  const defs: Record<string, unknown> = {};
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== "object" || node === null) return node;
    const { $defs, ...rest } = node as { $defs?: { it: unknown } };
    const inner = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, walk(one)]));
    if (!$defs) return inner;
    const key = `it${Object.keys(defs).length}`;
    defs[key] = null;
    defs[key] = walk($defs.it);
    return { ...inner, $ref: `#/$defs/${key}` };
  };
  return { ...(walk(root) as object), $defs: defs };
}

test.each([1, 2, 3, 4, 5])(
  "100 random schemas, seed %i: random tokens under the masks give valid values, as JSON.stringify writes them",
  (seed) => {
    let ended = 0;
    fc.assert(
      fc.property(schema, fc.integer(), (one, steps) => {
        const whole = hoist(one);
        const constraint = constrain({ jsonSchema: whole });
        const valid = ajv.compile(whole);
        const random = mulberry32(steps);
        for (let walk = 0; walk < 3; walk++) {
          const text = wander(constraint, random, 1 + Math.floor(random() * 30));
          if (text === undefined) continue;
          ended++;
          expect(valid(JSON.parse(text)), `${JSON.stringify(whole)} ${text} ${JSON.stringify(valid.errors)}`).toBe(
            true,
          );
          expect(text).not.toMatch(/^\s|\s$/);
        }
      }),
      { numRuns: 100, seed },
    );
    expect(ended).toBeGreaterThan(250);
  },
);

const person = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 20 },
    age: { type: "integer" },
    tags: { type: "array", items: { enum: ["a", "b"] } },
  },
  required: ["name", "tags"],
};

test.each([
  [person, '{"name":"Ada","age":36,"tags":["a","b"]}', true],
  [person, '{"name":"Ada","tags":[]}', true],
  [person, '{"tags":[],"name":"Ada"}', false],
  [person, '{"name":"Ada", "tags":[]}', false],
  [person, '{"name":"Ada"}', false],
  [{ type: "string", maxLength: 2 }, '"\\n😀"', true],
  [{ type: "string" }, '"\\u0001\\\\"', true],
  [{ type: "string" }, '"\\/"', false],
  [{ type: "string", pattern: "^\\n$" }, '"\\n"', true],
  [{ type: "integer" }, "-12", true],
  [{ type: "integer" }, "012", false],
  [{ type: "integer" }, "1.5", false],
  [{ type: "number" }, "-0.5e-7", true],
  [{ properties: { a: {} } }, '{"a":[[1]]}', true],
  [true, '{"a":[{"b":null}]}', true],
  [true, "[[[[1]]]]", false],
  [{ type: "object", additionalProperties: { type: "null" } }, '{"x":null,"":null}', true],
  [{ anyOf: [{ const: 1 }, { $ref: "#/$defs/a~1b" }], $defs: { "a/b": { const: "two" } } }, '"two"', true],
] as const)("%j: %s is %s", (jsonSchema, text, expected) => {
  expect(matches(constrain({ jsonSchema }), text)).toBe(expected);
});

test.each([
  [{ type: "integer", minimum: 0 }, 'constraint: jsonSchema: found the keyword "minimum"; allowed: type, '],
  [{ type: "object", properties: { a: { format: "date" } } }, 'jsonSchema/properties/a: found the keyword "format"'],
  [{ type: "text" }, 'jsonSchema/type: found "text"; allowed: object, array'],
  [{ oneOf: [] }, 'the keyword "oneOf"; allowed: type, enum, const, anyOf, $ref'],
  [{ type: "array", items: false }, "jsonSchema/items: found false"],
  [{ enum: [] }, "jsonSchema/enum: found []"],
  [{ enum: [1], minLength: 2 }, '"minLength" beside "enum"'],
  [{ enum: [1], type: "string" }, "a value of type"],
  [{ type: "object", required: ["a"] }, 'jsonSchema/required: found "a"'],
  [{ type: "string", minLength: 3, maxLength: 2 }, "minLength 3 over maxLength 2"],
  [{ type: "array", minItems: -1 }, "jsonSchema/minItems: found -1"],
  [{ type: "string", pattern: "a", maxLength: 2 }, "jsonSchema/pattern: found a length beside it"],
  [{ type: "string", pattern: "(?=a)" }, "look-ahead"],
  [{ $ref: "other.json" }, 'jsonSchema/$ref: found "other.json"'],
  [{ $ref: "#/$defs/none" }, 'found "#/$defs/none"; allowed: a reference to a part'],
  [
    { $defs: { a: { type: "array", items: { $ref: "#/$defs/a" } } }, $ref: "#/$defs/a" },
    "references without recursion",
  ],
  [{ type: "object", properties: { a: {} }, additionalProperties: {} }, "a schema beside properties"],
] as const)("%j is refused by name", (jsonSchema, message) => {
  expect(() => constrain({ jsonSchema })).toThrow(TypeError);
  expect(() => constrain({ jsonSchema })).toThrow(message);
});
