import fc from "fast-check";
import { expect, test } from "vitest";
import { StopTexts } from "../../worker/generation/stop-texts";

const piece = fc.string({ unit: fc.constantFrom("a", "b", "🙂", "🙃"), maxLength: 3 });

test("what comes out is the text before the first stop text, or all of it", () => {
  const stop = fc.string({ unit: fc.constantFrom("a", "b", "🙂", "🙃"), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(stop, { maxLength: 3 }), (pieces, stops) => {
      const texts = new StopTexts(stops);
      const shown = [...pieces.map((each) => texts.push(each)), texts.flush()];
      const read = pieces.map((_, i) => pieces.slice(0, i + 1).join(""));
      const whole = read.find((text) => stops.some((each) => text.includes(each)));
      const places = stops.map((each) => whole?.indexOf(each) ?? -1).filter((place) => place >= 0);
      expect(texts.found).toBe(whole !== undefined);
      expect(shown.join("")).toBe(whole === undefined ? pieces.join("") : whole.slice(0, Math.min(...places)));
      expect(shown.filter((each) => /\p{Surrogate}/u.test(each))).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test.each(["\ud83d", "\ude42", "a\ud83d", "\ude42b"])("half a character stops nothing and cuts none: %j", (stop) => {
  const texts = new StopTexts([stop]);
  expect([texts.push("a"), texts.push("🙂"), texts.push("b"), texts.flush()].join("")).toBe("a🙂b");
  expect(texts.found).toBe(false);
});

test("there may be very many stop texts", () => {
  const texts = new StopTexts(Array.from({ length: 200_000 }, (_, i) => `b${i}`));
  expect([texts.push("ab"), texts.push("19"), texts.push("!")]).toEqual(["a", "", ""]);
  expect(texts.found).toBe(true);
});
