import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { z } from "zod";
import { mulberry32 } from "../../kernels/harness";
import { constrain, matches, wander } from "./vocabulary";

const tree = z.object({
  name: z.string().max(3),
  get children() {
    return z.array(tree);
  },
});
const sum = z.object({
  op: z.enum(["+", "-"]),
  get left() {
    return z.union([z.int(), sum]);
  },
  get right() {
    return z.union([z.int(), sum]);
  },
});

/** What pages write with zod, whose `toJSONSchema` and `parse` are none of ours. */
const ZOD = {
  object: z.object({ name: z.string().min(1).max(20), age: z.int().min(0).max(120), ok: z.boolean().optional() }),
  email: z.email(),
  uuid: z.uuid(),
  date: z.iso.date(),
  "date and time": z.iso.datetime(),
  url: z.url(),
  ipv4: z.ipv4(),
  tuple: z.tuple([z.string().max(3), z.number()]),
  "tuple and rest": z.tuple([z.string().max(3)]).rest(z.int()),
  "discriminated union": z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("circle"), r: z.number().positive() }),
    z.object({ kind: z.enum(["square", "cube"]), side: z.int() }),
  ]),
  record: z.record(z.string().max(3), z.boolean()),
  "record of all names": z.record(z.enum(["a", "b"]), z.int()),
  "record of some names": z.partialRecord(z.enum(["a", "b"]), z.int()),
  intersection: z.intersection(z.object({ a: z.string().max(3) }), z.object({ b: z.boolean() })),
  loose: z.looseObject({ a: z.null() }),
  catchall: z.object({ a: z.null() }).catchall(z.int()),
  nullable: z.object({ a: z.iso.date().nullable() }),
  literals: z.literal(["a", 1, null]),
  "pattern of a length": z
    .string()
    .regex(/^[a-z]+$/)
    .min(2)
    .max(4),
  "start of a length": z.string().startsWith("ab").length(5),
  template: z.templateLiteral(["id-", z.int()]),
  tree,
  sum,
  described: z.array(z.object({ a: z.string().max(2).default("x").describe("a text") })).max(2),
};

test.each(Object.entries(ZOD))("what zod writes of %s is a constraint under which texts parse", (_, schema) => {
  const constraint = constrain({ jsonSchema: z.toJSONSchema(schema) });
  const random = mulberry32(1);
  let ended = 0;
  for (let walk = 0; walk < 60; walk++) {
    const text = wander(constraint, random, 1 + Math.floor(random() * 30));
    if (text === undefined) continue;
    ended++;
    expect(schema.safeParse(JSON.parse(text)), text).toMatchObject({ success: true });
  }
  expect(ended).toBeGreaterThan(20);
});

const a = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
const b = { type: "object", properties: { b: { type: "number" } }, required: ["b"] };
const animal = (kind: string) => ({ properties: { kind: { const: kind } }, required: ["kind"] });
const cat = animal("cat");
const dog = animal("dog");

const typed = (schema: object) => ({ type: "object", ...schema });

/** As valibot, TypeBox, zod 3 and pydantic write them, in draft 7's words too. */
test.each([
  [
    { type: "array", items: [{ type: "string" }, { type: "null" }], additionalItems: false, minItems: 2 },
    ['["a",null]'],
    ['["a"]', '["a",null,1]', "[1,null]"],
  ],
  [{ type: "array", items: [{ type: "null" }], minItems: 1 }, ["[null]"], ["[]", "[null,null]"]],
  [
    { type: "array", items: [{ type: "null" }], additionalItems: { const: 1 } },
    ["[]", "[null]", "[null,1,1]"],
    ["[1]", "[null,null]"],
  ],
  [
    { prefixItems: [{ const: 1 }, { const: 2 }], items: { const: 3 }, minItems: 1, maxItems: 3 },
    ["[1]", "[1,2]", "[1,2,3]"],
    ["[]", "[2]", "[1,2,3,3]"],
  ],
  [
    { prefixItems: [{ const: 1 }, { const: 2 }], items: { const: 3 }, minItems: 4 },
    ["[1,2,3,3]", "[1,2,3,3,3]"],
    ["[1,2,3]"],
  ],
  [{ prefixItems: [{ const: 1 }, { const: 2 }], maxItems: 1 }, ["[]", "[1]"], ["[1,2]"]],
  [{ type: "array", items: false }, ["[]"], ["[1]"]],
  [
    { type: "object", patternProperties: { "^x-": { type: "null" } } },
    ["{}", '{"x-a":null,"x-":null}'],
    ['{"a":null}', '{"x-":1}'],
  ],
  [
    { type: "object", propertyNames: { pattern: "^x" }, additionalProperties: { type: "null" } },
    ["{}", '{"x":null}'],
    ['{"a":null}'],
  ],
  [
    { propertyNames: { enum: ["b", "a"] }, additionalProperties: { type: "null" }, required: ["a"] },
    ['{"a":null}', '{"b":null,"a":null}'],
    ["{}", '{"b":null}', '{"a":null,"a":null}'],
  ],
  [{ propertyNames: { const: "a" }, additionalProperties: false }, ["{}"], ['{"a":1}']],
  [{ allOf: [a, b] }, ['{"a":"","b":1}'], ['{"a":""}', "{}"]],
  [{ ...a, allOf: [{ $ref: "#/$defs/b" }, { title: "b" }], $defs: { b } }, ['{"a":"","b":1}'], ['{"a":""}']],
  [{ allOf: [{ allOf: [a, true] }, { allOf: [b] }], description: "both" }, ['{"a":"","b":1}'], ['{"b":1}']],
  [{ allOf: [{ $ref: "#/$defs/kind" }], default: "x", $defs: { kind: { enum: ["x", "y"] } } }, ['"x"', '"y"'], ['"z"']],
  [
    { allOf: [{ type: "string" }, { minLength: 2 }, { type: "string", maxLength: 2 }] },
    ['"ab"'],
    ['"a"', '"abc"', "1"],
  ],
  [{ oneOf: [cat, dog] }, ['{"kind":"cat"}', '{"kind":"dog"}'], ['{"kind":"cow"}']],
  [
    {
      oneOf: [{ $ref: "#/$defs/cat" }, { $ref: "#/$defs/dog" }],
      discriminator: { propertyName: "kind" },
      $defs: { cat, dog },
    },
    ['{"kind":"dog"}'],
    ["{}"],
  ],
  [
    { oneOf: [{ type: "string" }, { type: ["integer", "null"] }, { enum: [true, false] }] },
    ['"a"', "1", "null", "true"],
    ["1.5", "[]"],
  ],
  [{ oneOf: [{ const: "a", title: "first" }, { const: "b" }, { enum: [1, 2] }] }, ['"a"', '"b"', "2"], ['"c"', "3"]],
  [{ type: "string", format: "no such", pattern: "^a$" }, ['"a"'], ['"b"']],
  [
    { type: "string", pattern: "^(?:a|[bc]+|d{9})$", minLength: 2, maxLength: 3 },
    ['"bc"', '"bcb"'],
    ['"a"', '"b"', '"bbbb"', '"ddddddddd"'],
  ],
  [
    { type: "string", pattern: "^x(?:ab)*y$", minLength: 3, maxLength: 7 },
    ['"xaby"', '"xababy"'],
    ['"xy"', '"xabababy"'],
  ],
  [{ type: ["string", "null"], format: "date" }, ['"2024-02-29"', "null"], ['"2023-02-29"', '""']],
  [
    {
      propertyNames: { anyOf: [{ const: "a" }, { const: "b" }] },
      additionalProperties: { type: "null" },
      required: ["a"],
    },
    ['{"a":null}', '{"a":null,"b":null}'],
    ['{"b":null}'],
  ],
  [
    { propertyNames: { anyOf: [{ const: "abc" }, { maxLength: 1 }] }, additionalProperties: { type: "null" } },
    ["{}", '{"abc":null,"x":null}'],
    ['{"ab":null}'],
  ],
  [{ propertyNames: { oneOf: [{ const: "a" }, { enum: ["b"] }] }, additionalProperties: false }, ["{}"], ['{"a":1}']],
  [
    {
      propertyNames: { oneOf: [{ const: "a" }, { const: "b" }] },
      additionalProperties: { type: "null" },
      required: ["b"],
    },
    ['{"a":null,"b":null}'],
    ['{"a":null}', '{"b":null,"b":null}'],
  ],
  [{ patternProperties: {}, additionalProperties: { type: "null" } }, ['{"a":null}'], ['{"a":1}']],
  [
    { oneOf: [{ $ref: "#/$defs/u" }, { type: "null" }], $defs: { u: { anyOf: [cat, dog].map(typed) } } },
    ['{"kind":"dog"}', "null"],
    ["1"],
  ],
  [
    { oneOf: [typed(cat), { oneOf: [typed(dog), { const: "none" }] }] },
    ['{"kind":"cat"}', '"none"'],
    ['{"kind":"cow"}'],
  ],
  [{ $id: "https://example.org/a", type: "object", allOf: [a] }, ['{"a":""}'], ["{}"]],
  [
    { $ref: "#/$defs/both", $defs: { both: { $id: "https://example.org/b", allOf: [a, b] } } },
    ['{"a":"","b":1}'],
    ["{}"],
  ],
  [{ allOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/a" }], $defs: { a } }, ['{"a":""}'], ["{}"]],
  [{ type: "string", pattern: "", maxLength: 2 }, ['""', '"ab"'], ['"abc"']],
  [{ type: "string", pattern: ".*", minLength: 1, maxLength: 2 }, ['"a"'], ['""']],
  [{ type: "string", format: "date-time", maxLength: 30 }, ['"2024-02-29T12:00:00.123+05:30"'], ['"2024-02-29"']],
  [{ type: "string", format: "uri", minLength: 1, maxLength: 2083 }, ['"https://example.org/a"'], ['"a"']],
  [{ type: "string", contentEncoding: "base64" }, ['"YQ=="'], ["1"]],
] as const)("%j", (jsonSchema, good, bad) => {
  const constraint = constrain({ jsonSchema });
  const Draft = "prefixItems" in jsonSchema ? Ajv2020 : Ajv;
  const valid = new Draft({ strict: false, validateFormats: false }).compile(jsonSchema);
  for (const text of good) expect([matches(constraint, text), valid(JSON.parse(text))], text).toEqual([true, true]);
  for (const text of bad) expect(matches(constraint, text), text).toBe(false);
});

test.each([
  [
    "date",
    ["2024-02-29", "2000-02-29", "1999-12-31"],
    ["1900-02-29", "2023-02-29", "2024-04-31", "2024-13-01", "2024-1-1"],
  ],
  ["time", ["00:00:00Z", "23:59:59.123+05:30"], ["24:00:00Z", "12:60:00Z", "12:00:00", "12:00Z"]],
  [
    "date-time",
    ["2024-02-29T12:00:00Z", "2024-01-01T00:00:00.5-08:00"],
    ["2024-02-29 12:00:00Z", "2024-02-30T12:00:00Z"],
  ],
  ["duration", ["P1Y2M3D", "PT1H", "P1DT12H", "P4W"], ["P", "PT", "P1Y2D", "1Y", "P1W1D"]],
  ["email", ["a@b.co", "first.last+tag@mail.example.org"], ["a@b", "@b.co", "a..b@c.de", "a b@c.de"]],
  ["hostname", ["localhost", "a-b.example.org"], ["-a.de", "a-.de", "a..b", ""]],
  ["ipv4", ["0.0.0.0", "255.249.199.9"], ["256.0.0.1", "1.2.3", "01.2.3.4"]],
  ["ipv6", ["2001:db8:0:0:0:0:0:1"], ["2001:db8:0:0:0:0:0", "g:0:0:0:0:0:0:0"]],
  [
    "uuid",
    ["123e4567-e89b-42d3-a456-426614174000"],
    ["123e4567e89b42d3a456426614174000", "123e4567-e89b-02d3-a456-426614174000"],
  ],
  [
    "uri",
    ["https://example.org", "http://a.example.org/b/c?d=e%20f#g"],
    ["example.org", "https://", "https://example.org/a b", "https://example.org/%2"],
  ],
] as const)("a %s is one, as others see it too", (format, good, bad) => {
  const jsonSchema = { type: "string", format };
  const constraint = constrain({ jsonSchema });
  const valid = addFormats(new Ajv()).compile(jsonSchema);
  for (const text of good) expect([matches(constraint, JSON.stringify(text)), valid(text)], text).toEqual([true, true]);
  for (const text of bad) expect(matches(constraint, JSON.stringify(text)), text).toBe(false);
  const random = mulberry32(2);
  const texts = Array.from({ length: 200 }, () => wander(constraint, random, 1 + Math.floor(random() * 40))).filter(
    (text) => text !== undefined,
  );
  expect(texts.length).toBeGreaterThan(100);
  for (const text of texts) expect(valid(JSON.parse(text)), text).toBe(true);
});

test.each([
  [
    { oneOf: [{ type: "number" }, { type: "integer" }] },
    "jsonSchema/oneOf/1: found values that oneOf/0 may have too; allowed: schemas that differ in type",
  ],
  [{ oneOf: [a, b] }, "jsonSchema/oneOf/1: found values that oneOf/0 may have too"],
  [{ oneOf: [{ const: { a: 1 } }, { const: { a: 2 } }] }, "found values that oneOf/0 may have too"],
  [{ oneOf: [cat, { type: "string" }] }, "found values that oneOf/0 may have too"], // a schema without a type holds for all others
  [{ oneOf: [cat, { ...dog, required: [] }] }, "found values that oneOf/0 may have too"],
  [{ oneOf: [{ type: "null" }, true] }, "jsonSchema/oneOf/1: found values that oneOf/0 may have too"],
  [{ oneOf: [] }, "jsonSchema/oneOf: found []; allowed: an array of schemas"],
  [{ allOf: [a, { ...a }] }, 'jsonSchema/allOf/1: found "properties" in two schemas of allOf'],
  [{ allOf: [{ minLength: 1 }, { minLength: 2 }] }, '"minLength" in two schemas'],
  [{ allOf: [{ type: "string" }, { type: "number" }] }, '"type" in two schemas'],
  [
    { allOf: [{ ...a, additionalProperties: false }, b] },
    "jsonSchema/allOf/0/additionalProperties: found false; allowed: true within",
  ],
  [{ allOf: [{ items: { type: "null" } }, { prefixItems: [true] }] }, "jsonSchema/allOf/1: found items in two"],
  [{ allOf: [a, { $id: "https://example.org", ...b }] }, "jsonSchema/allOf/1: found an $id within allOf"],
  [{ allOf: [a, { $ref: "#" }] }, "jsonSchema: found a schema within itself"],
  [{ allOf: [false] }, "jsonSchema/allOf/0: found false"],
  [
    { oneOf: [{ $ref: "#/$defs/a" }], $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } },
    "references that lead to a schema",
  ],
  [{ prefixItems: {} }, "jsonSchema/prefixItems: found an object (Object); allowed: an array of schemas"],
  [
    { prefixItems: [true], minItems: 2 },
    "jsonSchema/minItems: found 2; allowed: up to 1, the items that have a schema",
  ],
  [{ items: { type: "null" }, additionalItems: false }, "jsonSchema/additionalItems: found no list of items"],
  [{ properties: { a: true }, patternProperties: { b: true } }, '"patternProperties" beside "properties"'],
  [
    { patternProperties: { a: true, b: true } },
    "jsonSchema/patternProperties: found an object (Object); allowed: an object of one pattern",
  ],
  [{ propertyNames: { type: "integer" } }, 'jsonSchema/propertyNames: found type "integer"; allowed: strings'],
  [{ propertyNames: { enum: ["a", 1] } }, "jsonSchema/propertyNames: found 1 at place 1; allowed: names"],
  [{ propertyNames: false }, "jsonSchema/propertyNames: found false"],
  [{ properties: { a: true }, additionalProperties: 1 }, "jsonSchema/additionalProperties: found 1"],
  [
    { allOf: [{ $ref: "#/$defs/s", maxLength: 1 }], $defs: { s: { type: "string" } } },
    'jsonSchema/allOf/0: found "maxLength" beside "$ref"',
  ],
  [{ propertyNames: { $ref: "#/$defs/n", maxLength: 2 }, $defs: { n: { pattern: "a" } } }, '"maxLength" beside "$ref"'],
  [{ propertyNames: { enum: ["a", "bb"], maxLength: 1 } }, 'jsonSchema/propertyNames: found "maxLength" beside "enum"'],
  [{ propertyNames: { const: "bb", enum: ["a"] } }, 'beside "const"'],
  [{ properties: { a: true }, propertyNames: false }, '"propertyNames" beside "properties"'],
  [{ properties: { a: true }, patternProperties: 5 }, '"patternProperties" beside "properties"'],
  [{ oneOf: [{ ...cat, allOf: [{ minLength: 1 }] }, dog] }, "found values that oneOf/0 may have too"],
  [{ oneOf: [{ type: "null" }, { multipleOf: 2 }] }, 'jsonSchema/oneOf/1: found the keyword "multipleOf"'],
  [
    { oneOf: [{ anyOf: [{ type: "null" }, cat] }, { type: ["null", "string"] }] },
    "found values that oneOf/0 may have too",
  ],
  [
    { allOf: [a, { properties: { c: { multipleOf: 2 } } }] },
    'jsonSchema/allOf/properties/c: found the keyword "multipleOf"',
  ],
  [{ prefixItems: [true], items: [true] }, "jsonSchema/prefixItems: found a list of items beside it"],
  [
    { propertyNames: { anyOf: [{ const: "a" }, { $ref: "#/propertyNames" }] } },
    "jsonSchema/propertyNames: found a schema within itself",
  ],
  [
    { propertyNames: { oneOf: [{ const: "a" }, { maxLength: 1 }] } },
    "jsonSchema/propertyNames/oneOf/1: found values that oneOf/0 may have too",
  ],
  [
    { propertyNames: { oneOf: [{ const: "a" }, { const: 1 }] } },
    "jsonSchema/propertyNames: found 1 at place 1; allowed: names",
  ],
  [{ type: ["string", "nonsense"], enum: ["a"] }, 'jsonSchema/type: found ["string", "nonsense"]'],
  [
    { $ref: "#/$defs/inner/$defs/one", $defs: { inner: { $id: "https://example.org/i", $defs: { one: true } } } },
    "allowed: a reference to a part of the schema",
  ],
  [{ type: "string", format: 1 }, "jsonSchema/format: found 1; allowed: date, time,"],
  [{ type: "string", pattern: "^a*b*$", maxLength: 2 }, "beside a minLength or maxLength that it can't be held to"],
] as const)("%j is refused by name", (jsonSchema, message) => {
  expect(() => constrain({ jsonSchema })).toThrow(TypeError);
  expect(() => constrain({ jsonSchema })).toThrow(message);
});

test("allOf that is referred to from many places is put together once", () => {
  const pair = (i: number): object => ({ allOf: [{ $ref: `#/$defs/${i + 1}` }, { $ref: `#/$defs/${i + 1}` }] });
  const doubled = { $ref: "#/$defs/0", $defs: [...Array.from({ length: 60 }, (_, i) => pair(i)), a] };
  expect(matches(constrain({ jsonSchema: doubled }), '{"a":""}')).toBe(true);
});

test("one object that stands in two schemas of different addresses refers to each one's own", () => {
  const one = { $ref: "#/$defs/one" };
  const inner = {
    $id: "https://example.org/inner",
    properties: { c: one },
    required: ["c"],
    $defs: { one: { const: true } },
  };
  const constraint = constrain({ jsonSchema: { properties: { a: one, b: inner }, $defs: { one: { const: 1 } } } });
  expect(matches(constraint, '{"a":1,"b":{"c":true}}')).toBe(true);
  expect(matches(constraint, '{"a":1,"b":{"c":1}}')).toBe(false);
});

test("names refer to what is near them, and shared alternatives of names are put together once", () => {
  const pair = (i: number): object => ({ anyOf: [{ $ref: `#/$defs/${i + 1}` }, { $ref: `#/$defs/${i + 1}` }] });
  const names = {
    $id: "https://example.org/n",
    $ref: "#/$defs/0",
    $defs: [...Array.from({ length: 60 }, (_, i) => pair(i)), { const: "a" }],
  };
  const others = [{ const: "c" }]; // what the same addresses are outside
  const constraint = constrain({
    jsonSchema: { propertyNames: names, additionalProperties: { type: "null" }, $defs: others },
  });
  expect(matches(constraint, '{"a":null}')).toBe(true);
  expect(matches(constraint, '{"c":null}')).toBe(false);
});

test("names may be listed behind a reference, and the same ones a thousand times", () => {
  const either = { oneOf: [{ const: "a" }, { const: "b" }] };
  const jsonSchema = {
    propertyNames: { $ref: "#/$defs/n" },
    additionalProperties: { type: "null" },
    $defs: { n: either },
  };
  expect(matches(constrain({ jsonSchema }), '{"a":null,"b":null}')).toBe(true);
  expect(matches(constrain({ jsonSchema }), '{"c":null}')).toBe(false);
  let shared: object = { const: "a" };
  for (let i = 0; i < 40; i++) shared = { anyOf: [shared, shared] };
  expect(matches(constrain({ jsonSchema: { propertyNames: shared } }), '{"a":1}')).toBe(true);
  const twice = { oneOf: [shared, shared] };
  expect(() => constrain({ jsonSchema: { propertyNames: twice } })).toThrow("values that oneOf/0 may have too");
});

test("an object that stands under two addresses is two schemas in allOf and oneOf", () => {
  const c = { properties: { c: { $ref: "#/$defs/one" } }, required: ["c"] };
  const inner = { $id: "https://example.org/i", allOf: [c], $defs: { one: { const: true } } };
  const both = { allOf: [c, inner], $defs: { one: { const: 1 } } };
  expect(() => constrain({ jsonSchema: both })).toThrow("an $id within allOf");
  const k = typed({ properties: { k: { $ref: "#/$defs/k" } }, required: ["k"] });
  const two = typed({ properties: { k: { const: 2 } }, required: ["k"] });
  const choice = { anyOf: [k, { $id: "https://example.org/i", anyOf: [k], $defs: { k: { const: 2 } } }] };
  const one = { oneOf: [choice, two], $defs: { k: { const: 1 } } };
  expect(() => constrain({ jsonSchema: one })).toThrow("values that oneOf/0 may have too");
});
