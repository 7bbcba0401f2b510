import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULTS } from "../../demo/defaults";
import { DIALS, fromHash, inForce, optionsOf, type Settings, stopField, stopsOf, toHash } from "../../demo/settings";

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
});

test("seed and stop texts are sent when there are some", () => {
  expect(optionsOf({ ...DEFAULTS, seed: 0, stop: ["\n\n"] })).toMatchObject({ seed: 0, stop: ["\n\n"] });
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
      onContextFull: fc.constantFrom("slide" as const, "stop" as const),
    },
    { requiredKeys: [...DIALS.map(({ key }) => key), "stop", "onContextFull"] },
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
  expect(stopsOf("The end\n\n\\n\\n")).toEqual(["The end", "\n\n"]);
  expect(stopsOf(stopField(["a\nb", " c "]))).toEqual(["a\nb", " c "]);
  expect(stopsOf("")).toEqual([]);
});
