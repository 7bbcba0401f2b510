import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULTS } from "../../demo/defaults";
import { DIALS } from "../../demo/dials";
import {
  faultOf,
  faultOfTexts,
  fieldOf,
  fromHash,
  inForce,
  optionsOf,
  type Settings,
  textsOf,
  toHash,
} from "../../demo/settings";

const NEUTRAL: Settings = {
  ...DEFAULTS,
  ...Object.fromEntries(DIALS.filter(({ off }) => off !== undefined).map(({ key, off }) => [key, off])),
};

test("the defaults are what the embedded model reads best with", () => {
  expect(optionsOf(DEFAULTS)).toEqual({
    temperature: 0.7,
    minP: 0.08,
    repetitionPenalty: 1.12,
    maxNewTokens: 150,
    onContextFull: "slide",
  });
});

test("a dial at rest is not sent", () => {
  expect(optionsOf(NEUTRAL)).toEqual({ temperature: 0.7, maxNewTokens: 150, onContextFull: "slide" });
  expect(inForce(NEUTRAL)).toBe("");
  expect(inForce(DEFAULTS)).toBe("min-p 0.08 · repetition penalty 1.12");
  expect(inForce({ ...NEUTRAL, topK: Number.NaN, n: 2 })).toBe("texts 2"); // its field is empty
});

test("seed and stop texts are sent when there are some", () => {
  expect(optionsOf({ ...DEFAULTS, seed: 0, stop: ["\n\n"] })).toMatchObject({ seed: 0, stop: ["\n\n"] });
});

test("what must match is an expression, or a schema in braces, and forbidden texts are bad words", () => {
  const asked = (constraint: string) => optionsOf({ ...NEUTRAL, constraint }).constraint;
  expect(asked("(yes|no)")).toEqual({ regex: "(yes|no)" });
  expect(asked(' {"type": "integer"}')).toEqual({ jsonSchema: { type: "integer" } });
  expect([asked("(yes|no)\n"), asked(" {2}")]).toEqual([{ regex: "(yes|no)" }, { regex: " {2}" }]);
  expect(asked(" ")).toBeUndefined();
  expect(faultOf("constraint", '{"type": integer}')).toMatch(/^This is no JSON: /);
  expect(["(", "{}", ""].map((text) => faultOf("constraint", text))).toEqual(["", "", ""]);
  expect(inForce({ ...NEUTRAL, constraint: "a", n: 3 })).toBe("texts 3 · must match");
  expect(optionsOf({ ...NEUTRAL, badWords: ["fox"] })).toMatchObject({ badWords: ["fox"] });
});

test("any other option is an object in JSON, and goes before a field's", () => {
  const other = ' { "stats": true, "logitBias": { "257": -5 }, "seed": 3 }\n';
  expect(optionsOf({ ...NEUTRAL, seed: 1, other })).toMatchObject({ stats: true, logitBias: { 257: -5 }, seed: 3 });
  expect(inForce({ ...NEUTRAL, other })).toBe("stats · logitBias · seed");
  expect(["", " ", "{}"].map((text) => faultOf("other", text))).toEqual(["", "", ""]);
  for (const text of ["[]", "null", "7"]) expect(faultOf("other", text)).toMatch(/^Expected an object/);
  for (const text of ["stats", "{"]) expect(faultOf("other", text)).toMatch(/^This is no JSON: ./);
  expect(inForce({ ...NEUTRAL, other: "{" })).toBe("");
});

test("a search is asked for nothing that only a draw has", () => {
  const settings = { ...DEFAULTS, topP: 0.9, topK: 40, typicalP: 0.9, numBeams: 4, n: 2 };
  expect(optionsOf(settings)).toEqual({
    ...{ numBeams: 4, n: 2, repetitionPenalty: 1.12, maxNewTokens: 150, onContextFull: "stop" },
  });
  expect(inForce(settings)).toBe("repetition penalty 1.12 · texts 2 · beams 4");
});

test("several texts want beams enough or a draw, and the words are the dials'", () => {
  const fault = (settings: Partial<Settings>) => faultOfTexts({ ...NEUTRAL, ...settings });
  expect(fault({ n: 3, temperature: 0 })).toMatch(/^With temperature 0 /);
  expect(fault({ n: 3, numBeams: 2 })).toBe("A search with 2 beams gives at most 2 texts.");
  const fine = [{ n: 3 }, { temperature: 0 }, { n: 2, numBeams: 2, temperature: 0 }, { n: Number.NaN, temperature: 0 }];
  expect(fine.map(fault)).toEqual(["", "", "", ""]);
  // The last field's options go before the dials'.
  expect(fault({ n: 3, temperature: 0, other: '{ "numBeams": 4 }' })).toBe("");
});

test("every default lies on its dial", () => {
  for (const { key, min, max, off } of DIALS) {
    expect(DEFAULTS[key], key).toBeGreaterThanOrEqual(min);
    expect(DEFAULTS[key], key).toBeLessThanOrEqual(max);
    if (off !== undefined) expect(off >= min && off <= max, key).toBe(true);
  }
});

test("a link gives back the prompt and the settings it was made of", () => {
  const dials = Object.fromEntries(
    DIALS.map(({ key, min, max, step }) => [
      key,
      fc.integer({ min: 0, max: Math.round((max - min) / step) }).map((n) => Number((min + n * step).toFixed(2))),
    ]),
  );
  const settings: fc.Arbitrary<Settings> = fc.record(
    {
      ...(dials as { [K in (typeof DIALS)[number]["key"]]: fc.Arbitrary<number> }),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      stop: fc.array(fc.string({ minLength: 1 })),
      badWords: fc.array(fc.string({ minLength: 1 })),
      constraint: fc.string(),
      other: fc.string(),
      onContextFull: fc.constantFrom("slide" as const, "stop" as const),
    },
    { requiredKeys: [...DIALS.map(({ key }) => key), "stop", "badWords", "constraint", "other", "onContextFull"] },
  );
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), settings, (prompt, made) => {
      expect(fromHash(toHash(prompt, made, DEFAULTS), DEFAULTS)).toEqual({ prompt, settings: made });
    }),
  );
});

test("a link with nonsense in it opens the page as it is", () => {
  const hash = "#temperature=hot&topP=7&seed=-1&maxNewTokens=&minP=%20&onContextFull=explode&stop=&unknown=1";
  expect(fromHash(hash, DEFAULTS)).toEqual({ prompt: undefined, settings: DEFAULTS });
  expect(fromHash("", DEFAULTS)).toEqual({ prompt: undefined, settings: DEFAULTS });
  expect(fromHash("#seed=2.5", DEFAULTS).settings.seed).toBe(2);
});

test("stop texts are lines, a line break in one is written \\n", () => {
  expect(textsOf("The end\n\n\\n\\n")).toEqual(["The end", "\n\n"]);
  expect(textsOf(fieldOf(["a\nb", " c "]))).toEqual(["a\nb", " c "]);
  expect(textsOf("")).toEqual([]);
});
