import Ajv from "ajv/dist/2020";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mulberry32 } from "../../kernels/harness";
import { constrain, matches, wander } from "./vocabulary";

interface Part {
  $ref?: string;
  anyOf?: Part[];
  properties?: Record<string, Part>;
  required?: string[];
  items?: Part;
  minItems?: number;
  const?: unknown;
}

/** Five definitions that refer to one another; a choice refers to the last two, which are objects or arrays, so that it ends. */
const referenceTo = (first: number): fc.Arbitrary<Part> =>
  fc.integer({ min: first, max: 4 }).map((n) => ({ $ref: `#/$defs/${n}` }));
const leaf = fc.constantFrom<Part>({ const: null }, { const: 1 });
const part = fc.oneof({ arbitrary: referenceTo(0), weight: 3 }, { arbitrary: leaf, weight: 1 });
const object = fc.tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.subarray(["a", "b", "c"])).map(
  ([parts, needed]): Part => ({
    ...{ type: "object", additionalProperties: false },
    properties: Object.fromEntries(parts.map((one, i) => ["abc"[i], one])),
    required: needed.slice(0, 2).filter((name) => "abc".indexOf(name) < parts.length),
  }),
);
const array = fc
  .tuple(part, fc.nat({ max: 1 }))
  .map(([items, minItems]): Part => ({ ...{ type: "array" }, items, minItems }));
const structure = fc.oneof(object, array);
const choice = fc
  .array(fc.oneof(referenceTo(3), leaf), { minLength: 1, maxLength: 3 })
  .map((anyOf): Part => ({ anyOf }));
const any = fc.oneof(object, array, choice);
const schemas = fc.tuple(any, any, any, structure, structure);

/**
 * A value that goes at most three times round: where a definition is met within itself, a new round begins. Undefined where
 * the way that is tried goes further, or far.
 */
function write(definitions: readonly Part[], random: () => number): string | undefined {
  let steps = 0;
  function text(one: Part, round: number, open: readonly string[]): string | undefined {
    if (++steps > 200) return undefined;
    const { $ref, anyOf, properties, required = [], items, minItems = 0 } = one;
    if ($ref) {
      const again = open.includes($ref);
      const definition = definitions[Number($ref.at(-1))];
      if (!definition || (again && round === 3)) return undefined;
      return again ? text(definition, round + 1, [$ref]) : text(definition, round, [...open, $ref]);
    }
    const inside = (inner: Part) => text(inner, round, open);
    if (anyOf) return inside(anyOf[Math.floor(random() * anyOf.length)] ?? {});
    if (items) {
      const found = Array.from({ length: Math.floor(random() * 3) + minItems }, () => inside(items)).filter(Boolean);
      return found.length < minItems ? undefined : `[${found.join()}]`;
    }
    if (!properties) return JSON.stringify(one.const);
    const found = Object.entries(properties)
      .filter(([name]) => required.includes(name) || random() < 0.6)
      .map(([name, inner]) => ({ name, text: inside(inner) }));
    const written = found.filter(({ text }) => text !== undefined);
    if (required.some((name) => !written.some((one) => one.name === name))) return undefined;
    return `{${written.map(({ name, text }) => `"${name}":${text}`).join()}}`;
  }
  return text({ $ref: "#/$defs/0" }, 1, []);
}

test.each([1, 2, 3])(
  "definitions that refer to one another: what goes three times round matches, and what is written is valid (seed %i)",
  (seed) => {
    const counts = { matched: 0, written: 0 };
    fc.assert(
      fc.property(schemas, fc.integer(), (definitions, steps) => {
        const jsonSchema = { $ref: "#/$defs/0", $defs: { ...definitions } };
        const valid = new Ajv({ strict: false }).compile(jsonSchema);
        const random = mulberry32(steps);
        const texts = Array.from({ length: 20 }, () => write(definitions, random)).filter((text) => text !== undefined);
        const about = JSON.stringify(jsonSchema);
        try {
          const constraint = constrain({ jsonSchema });
          for (const text of texts.filter((text) => text.length < 200)) {
            expect(matches(constraint, text), `${about} ${text}`).toBe(true);
            counts.matched++;
          }
          const text = wander(constraint, random, 20);
          if (text === undefined) return;
          expect(valid(JSON.parse(text)), `${about} ${text}`).toBe(true);
          counts.written++;
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          if (error.message.includes("no text that this vocabulary")) expect(texts, about).toEqual([]);
          else expect(error.message).toContain("unfold to over");
        }
      }),
      { numRuns: 150, seed },
    );
    expect(counts.matched).toBeGreaterThan(200);
    expect(counts.written).toBeGreaterThan(50);
  },
);
