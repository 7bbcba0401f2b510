import Ajv from "ajv/dist/2020";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Constraint } from "../../../worker/sampling/constraint/constraint";
import { mulberry32 } from "../../kernels/harness";
import { anchored, schemas } from "./random-specs";
import { constrain, matches, wander } from "./vocabulary";

const ajv = addFormats(new Ajv({ strict: false }));

test.each([1, 2, 3, 4, 5])(
  "100 random schemas, seed %i: random tokens under the masks give valid values, without white space around them",
  (seed) => {
    let ended = 0;
    fc.assert(
      fc.property(schemas, fc.integer(), (whole, steps) => {
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

const bound = fc.oneof(
  fc.integer({ min: -120, max: 120 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ min: -50, max: 50, noNaN: true }),
);
const limited = fc.record(
  { minimum: bound, maximum: bound, exclusiveMinimum: bound, exclusiveMaximum: bound },
  { requiredKeys: [] },
);

/** Written as a schema's numbers with limits are: up to 15 digits and no exponent. */
const PLAIN = /^(?!-?(?:\d\.?){16})(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

test.each(["integer", "number"])("%ss keep to their limits: those at a border, about one, and any", (type) => {
  let limits = 0;
  fc.assert(
    fc.property(limited, fc.array(fc.oneof(fc.integer(), fc.double({ min: -60, max: 60 }))), (asked, more) => {
      const schema = { type, ...asked };
      const valid = ajv.compile(schema);
      const borders = [0, -1e15, 1e15, ...Object.values(asked)].flatMap((border) => [border, Math.floor(border)]);
      const steps = [-101, -10, -9, -1, -0.1, -1e-12, 0, 1e-12, 0.1, 1, 9, 10, 99];
      const near = borders.flatMap((border) => steps.map((step) => border + step));
      const texts = [...near, ...more].flatMap((one) => [String(one), one.toFixed(3), one.toPrecision(15)]);
      const tried = texts.filter((one) => PLAIN.test(one) && (type === "number" || !one.includes(".")));
      if (Object.keys(asked).length === 0 || !tried.some((one) => valid(Number(one)))) return;
      limits++;
      const constraint = constrain({ jsonSchema: schema });
      for (const one of tried)
        expect(matches(constraint, one), `${JSON.stringify(asked)} ${one}`).toBe(valid(Number(one)));
    }),
    { numRuns: 500, seed: 7 },
  );
  expect(limits).toBeGreaterThan(100);
});

test.each([
  { minimum: 0.1, maximum: 0.9 },
  { type: ["integer", "number"], minimum: 0.1, maximum: 0.9 },
])("limits between which there is no integer have numbers: %j", (jsonSchema) => {
  const constraint = constrain({ jsonSchema });
  for (const [text, fits] of [
    ["0.5", true],
    ["0.9", true],
    ["0", false],
    ["1", false],
  ] as const)
    expect(matches(constraint, text), text).toBe(fits);
});

test("an object may have many numbers with limits", () => {
  const names = Array.from({ length: 150 }, (_, i) => `n${i}`);
  const properties = Object.fromEntries(names.map((name) => [name, { type: "number", minimum: 0 }]));
  const constraint = constrain({ jsonSchema: { type: "object", properties, required: names } });
  expect(matches(constraint, JSON.stringify(Object.fromEntries(names.map((name, i) => [name, i / 2]))))).toBe(true);
});

test("limits beyond all integers, as libraries write them, change nothing", () => {
  const schema = { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
  const [limited, free] = [constrain({ jsonSchema: schema }), constrain({ jsonSchema: { type: "integer" } })];
  for (const text of ["0", "-0", "-1", "999999999999999", "1000000000000000", "01", "1.0", "-999999999999999"])
    expect(matches(limited, text), text).toBe(matches(free, text));
});

/** An object of `sizes[0]` optional properties, each an object of `sizes[1]` …, and strings in the innermost. */
function optionalTree([size = 0, ...sizes]: number[]): object {
  if (size === 0) return { type: "string" };
  const names = Array.from({ length: size }, (_, i) => `p${i}`);
  return { type: "object", properties: Object.fromEntries(names.map((name) => [name, optionalTree(sizes)])) };
}

test("properties and first items can be a thousand", () => {
  const values = Array.from({ length: 1000 }, (_, i) => i);
  const entries = values.map((i): [string, number] => [`p${i}`, i]);
  const properties = Object.fromEntries(entries.map(([name, i]) => [name, { const: i }]));
  const object = constrain({ jsonSchema: { type: "object", properties } });
  expect(matches(object, JSON.stringify(Object.fromEntries(entries)))).toBe(true);
  expect(matches(object, '{"p999":999}')).toBe(true);
  expect(matches(object, '{"p999":999,"p0":0}')).toBe(false);
  const needed = constrain({ jsonSchema: { type: "object", properties, required: ["p500"] } });
  expect(matches(needed, '{"p2":2,"p500":500,"p999":999}')).toBe(true);
  expect(matches(needed, '{"p500":500}')).toBe(true);
  for (const text of ["{}", '{"p2":2}', '{"p501":501}', '{"p2":2,"p501":501}'])
    expect(matches(needed, text), text).toBe(false);
  const tuple = constrain({
    jsonSchema: { type: "array", prefixItems: values.map((i) => ({ const: i })), minItems: 2 },
  });
  expect(matches(tuple, JSON.stringify(values))).toBe(true);
  expect(matches(tuple, "[0,1]")).toBe(true);
  expect(matches(tuple, "[0]")).toBe(false);
});

const TREE = {
  $ref: "#/$defs/tree",
  $defs: {
    tree: {
      type: "object",
      properties: { value: { type: "integer" }, children: { type: "array", items: { $ref: "#/$defs/tree" } } },
      required: ["value", "children"],
    },
  },
};
const circular: Record<string, unknown> = { type: "array" };
circular.items = circular;

test.each<[schema: object, fit: string[], others: string[]]>([
  [
    TREE,
    [
      '{"value":1,"children":[]}',
      '{"value":1,"children":[{"value":2,"children":[{"value":3,"children":[]}]},{"value":4,"children":[]}]}',
    ],
    [
      '{"value":1,"children":[1]}',
      '{"value":1,"children":[{"value":2,"children":[{"value":3,"children":[{"value":4,"children":[]}]}]}]}',
    ],
  ],
  [
    { type: "object", properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } }, required: ["next"] },
    ['{"next":null}', '{"next":{"next":{"next":null}}}'],
    ["{}", '{"next":{"next":{"next":{"next":null}}}}'],
  ],
  [{ type: "object", additionalProperties: { $ref: "#" } }, ["{}", '{"a":{"b":{},"c":{}}}'], ['{"a":1}']],
  [{ anyOf: [{ type: "array", items: { $ref: "#" } }, { type: "null" }] }, ["[[[]]]", "[[null]]"], ["[[[null]]]"]],
  [
    {
      $ref: "#/$defs/a",
      $defs: {
        a: { type: "object", properties: { b: { $ref: "#/$defs/b" } }, required: ["b"] },
        b: { oneOf: [{ $ref: "#/$defs/a" }, { type: "null" }] },
      },
    },
    ['{"b":null}', '{"b":{"b":{"b":null}}}'],
    ['{"b":{"b":{"b":{"b":null}}}}'],
  ],
  [
    { allOf: [{ properties: { of: { $ref: "#" } } }, { properties: { n: { const: 1 } }, required: ["n"] }] },
    ['{"n":1}', '{"of":{"of":{"n":1},"n":1},"n":1}'],
    ['{"of":{},"n":1}'],
  ],
  [
    {
      ...{ type: "object", properties: { z: { $ref: "#/$defs/Z" }, t: { $ref: "#/$defs/T" } }, required: ["z", "t"] },
      $defs: {
        Z: { anyOf: [{ type: "null" }, { $ref: "#/$defs/U" }] },
        U: { type: "object", properties: { z: { $ref: "#/$defs/Z" }, v: { $ref: "#/$defs/V" } }, required: ["z"] },
        V: { type: "object", properties: { u: { $ref: "#/$defs/U" }, t: { $ref: "#/$defs/T" } }, required: ["u"] },
        T: { type: "object", properties: { v: { $ref: "#/$defs/V" } }, required: ["v"] },
      },
    },
    [
      '{"z":null,"t":{"v":{"u":{"z":null}}}}',
      '{"z":{"z":{"z":null,"v":{"u":{"z":null}}}},"t":{"v":{"u":{"z":null},"t":{"v":{"u":{"z":null}}}}}}',
    ],
    ['{"z":null,"t":{"v":{"u":{}}}}'],
  ],
  [circular, ["[]", "[[[]],[]]"], ["[[[[]]]]"]],
])("a schema within itself is written up to three deep: %o", (jsonSchema, fit, others) => {
  const constraint = constrain({ jsonSchema });
  for (const text of fit) expect(matches(constraint, text), text).toBe(true);
  for (const text of others) expect(matches(constraint, text), text).toBe(false);
  if (jsonSchema !== circular)
    for (const text of fit) expect(ajv.validate(jsonSchema, JSON.parse(text)), text).toBe(true);
});

test("what can only go on for ever has no text, and one that branches too much is refused", () => {
  const endless = { type: "array", items: { $ref: "#" }, minItems: 1 };
  expect(() => constrain({ jsonSchema: endless })).toThrow("no text that this vocabulary can write matches");
  const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
  const wide = { type: "object", properties: Object.fromEntries(names.map((name) => [name, { $ref: "#" }])) };
  expect(() => constrain({ jsonSchema: wide })).toThrow("schemas within themselves that unfold to over 100000 states");
});

test("more properties than an automaton has room for are refused, not tried", () => {
  const names = Array.from({ length: 30_000 }, (_, i) => [`p${i}`, { type: "null" }]);
  const jsonSchema = { type: "object", properties: Object.fromEntries(names) };
  expect(() => constrain({ jsonSchema })).toThrow("unfold to over 100000 states");
});

test("schemas that all refer to one another are taken, or refused where there are too many ways", () => {
  const mesh = (size: number) => {
    const names = Array.from({ length: size }, (_, i) => `d${i}`);
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
    return {
      $ref: "#/$defs/d0",
      $defs: Object.fromEntries(names.map((name) => [name, { type: "object", properties }])),
    };
  };
  expect(matches(constrain({ jsonSchema: mesh(2) }), '{"d0":{"d1":{"d0":{}}},"d1":{}}')).toBe(true);
  expect(() => constrain({ jsonSchema: mesh(20) })).toThrow(/over 100000 (?:ways|states)/);
});

test.each([[[100]], [[10, 10]], [[5, 5, 5]]])("optional properties can be many and nested: %j", (sizes) => {
  const schema = optionalTree(sizes);
  const constraint = constrain({ jsonSchema: schema });
  const valid = ajv.compile(schema);
  expect(matches(constraint, "{}")).toBe(true);
  const whole = JSON.stringify(everyProperty(schema as Tree));
  expect(matches(constraint, whole)).toBe(true);
  expect(valid(JSON.parse(whole))).toBe(true);
  expect(matches(constraint, whole.replace('"p0"', '"q"'))).toBe(false);
});

interface Tree {
  properties?: Record<string, Tree>;
}

function everyProperty({ properties }: Tree): unknown {
  if (!properties) return "text";
  return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, everyProperty(inner)]));
}

const person = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 20 },
    age: { type: "integer" },
    tags: { type: "array", items: { enum: ["a", "b"] } },
  },
  required: ["name", "tags"],
};

/** References begin at the nearest `$id`, where it is an address. */
const bundled = {
  $id: "https://example.org/whole",
  properties: { a: { $ref: "#/$defs/it" }, b: { $ref: "#/$defs/inner" } },
  $defs: {
    it: { $id: "#it", $ref: "#/$defs/one" },
    one: { const: 1 },
    inner: { $id: "https://example.org/inner", $ref: "#/$defs/one", $defs: { one: { const: true } } },
  },
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
  [{ type: "number" }, "1820.450e90", true],
  [{ properties: { a: {} } }, '{"a":[[1]]}', true],
  [true, '{"a":[{"b":null}]}', true],
  [true, "[[[[1]]]]", false],
  [{ enum: [{ b: [null, 1.5, "é"], a: {} }] }, '{"b":[null,1.5,"é"],"a":{}}', true],
  [{ const: Object.freeze(Object.assign(Object.create(null), { a: 1 })) }, '{"a":1}', true],
  [{ type: "object", additionalProperties: { type: "null" } }, '{"x":null,"":null}', true],
  [{ type: ["object", "array", "string", "number", "integer", "boolean", "null"], minLength: 2 }, '"a"', false],
  [{ type: ["object", "array", "string", "number", "integer", "boolean", "null"], minLength: 2 }, '"ab"', true],
  [bundled, '{"a":1,"b":true}', true],
  [bundled, '{"b":1}', false],
  [{ anyOf: [{ const: 1 }, { $ref: "#/$defs/a~1b" }], $defs: { "a/b": { const: "two" } } }, '"two"', true],
] as const)("%j: %s is %s", (jsonSchema, text, expected) => {
  expect(matches(constrain({ jsonSchema }), text)).toBe(expected);
});

test("a schema that is referred to from many places is put together once", () => {
  const pair = (i: number): object => ({ anyOf: [{ $ref: `#/$defs/${i + 1}` }, { $ref: `#/$defs/${i + 1}` }] });
  const doubled = { $ref: "#/$defs/0", $defs: [...Array.from({ length: 60 }, (_, i) => pair(i)), { type: "null" }] };
  expect(matches(constrain({ jsonSchema: doubled }), "null")).toBe(true);
  const word = { type: "string", maxLength: 3 };
  const twice = { properties: { a: word, b: word }, required: ["a", "b"] };
  expect(matches(constrain({ jsonSchema: twice }), '{"a":"one","b":"two"}')).toBe(true);
});

test("a pattern is found in a text exactly where the engine finds it, or is refused", () => {
  const words = Array.from({ length: 63 }, (_, i) =>
    (i + 1).toString(2).slice(1).replace(/0/g, "a").replace(/1/g, "b"),
  );
  let read = 0;
  fc.assert(
    fc.property(anchored, (pattern) => {
      let constraint: Constraint;
      try {
        constraint = constrain({ jsonSchema: { type: "string", pattern } });
      } catch (error) {
        expect(String(error)).toMatch(/an anchor that is not at the/);
        return;
      }
      read++;
      for (const word of words)
        expect(matches(constraint, JSON.stringify(word)), `${pattern} ${word}`).toBe(
          new RegExp(pattern, "u").test(word),
        );
    }),
    { numRuns: 500, seed: 4 },
  );
  expect(read).toBeGreaterThan(100);
});

const circle: Record<string, unknown> = {};
circle.self = [circle];

test.each([
  [{ type: "integer", multipleOf: 2 }, 'constraint: jsonSchema: found the keyword "multipleOf"; allowed: type, '],
  [{ type: "number", minimum: null }, "jsonSchema/minimum: found null; allowed: a finite number"],
  [{ type: "integer", exclusiveMinimum: true }, "jsonSchema/exclusiveMinimum: found true; allowed: a finite number"],
  [
    { type: "integer", minimum: 3, exclusiveMaximum: 3 },
    "found minimum 3, exclusiveMaximum 3; allowed: limits with integers of",
  ],
  [
    { type: "integer", minimum: 0.1, maximum: 0.9 },
    "found minimum 0.1, maximum 0.9; allowed: limits with integers of up",
  ],
  [{ type: "integer", minimum: 1e15 }, "found minimum 1000000000000000; allowed"],
  [{ type: "number", exclusiveMinimum: 0, maximum: 1e-16 }, "found exclusiveMinimum 0, maximum 1e-16; allowed"],
  [
    { type: "object", properties: { a: { format: "iri" } } },
    'jsonSchema/properties/a/format: found "iri"; allowed: date',
  ],
  [{ type: "text" }, 'jsonSchema/type: found "text"; allowed: object, array'],
  [{ not: {} }, 'the keyword "not"; allowed: type, enum, const, anyOf, oneOf, $ref, allOf'],
  [{ enum: [] }, "jsonSchema/enum: found []"],
  [{ enum: [1], minLength: 2 }, '"minLength" beside "enum"'],
  [{ enum: [1], type: "string" }, "a value of type"],
  [{ type: "object", required: ["a"] }, 'jsonSchema/required: found "a"'],
  [{ properties: { a: {} }, required: "a" }, 'jsonSchema/required: found "a"; allowed: an array of names'],
  [{ properties: { a: {} }, required: null }, "jsonSchema/required: found null"],
  [{ enum: [1, undefined] }, "jsonSchema/enum: found undefined at place 1; allowed: values that JSON has"],
  [{ const: undefined }, "jsonSchema/const: found undefined; allowed: a value that JSON has"],
  [{ const: 1n }, "jsonSchema/const: found 1n"],
  [{ const: Number.NaN, type: "number" }, "jsonSchema/const: found NaN"],
  [{ const: new Date(0) }, "jsonSchema/const: found an object (Date)"],
  [{ enum: [{ a: [Infinity] }] }, "jsonSchema/enum: found an object (Object) at place 0"],
  [{ const: circle }, "jsonSchema/const: found an object (Object)"],
  [{ type: "array", items: new Map() }, "jsonSchema/items: found an object (Map)"],
  [{ type: "string", minLength: 3, maxLength: 2 }, "minLength 3 over maxLength 2"],
  [{ type: "array", minItems: -1 }, "jsonSchema/minItems: found -1"],
  [{ type: "string", pattern: "a", maxLength: 2 }, 'jsonSchema/pattern: found "a" beside a minLength'],
  [{ type: "string", format: "date", maxLength: 2 }, 'jsonSchema/format: found "date" beside a minLength'],
  [{ type: "string", pattern: "(?=a)" }, "look-ahead"],
  [{ type: "string", pattern: "^[a-c]{2}(?:x|y$)" }, 'an anchor that is not at the end: "$"'],
  [{ type: "string", pattern: "(^|,)x[0-9]$" }, 'an anchor that is not at the start: "^"'],
  [{ type: "string", pattern: "foo(?:bar|$)" }, 'an anchor that is not at the end: "$"'],
  [{ type: "string", pattern: "(?:https?|^ftp)://" }, 'an anchor that is not at the start: "^"'],
  [{ type: "string", pattern: "(?i:yes)" }, 'modifiers in "(?i:yes)"'],
  [{ $ref: "other.json" }, 'jsonSchema/$ref: found "other.json"'],
  [{ $ref: "#/$defs/none" }, 'found "#/$defs/none"; allowed: a reference to a part'],
  [{ $ref: "#/%" }, 'jsonSchema/$ref: found "#/%"; allowed: a reference to a part'],
  [{ $ref: "#/constructor" }, 'found "#/constructor"; allowed: a reference to a part'],
  [{ $ref: "#" }, 'jsonSchema: found "#"; allowed: references that lead to a schema'],
] as const)("%o is refused by name", (jsonSchema, message) => {
  expect(() => constrain({ jsonSchema })).toThrow(TypeError);
  expect(() => constrain({ jsonSchema })).toThrow(message);
});
