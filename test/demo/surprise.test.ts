import { expect, test } from "vitest";
import { alternativesOf, amberOf, bitsOf, pieceOf, visible } from "../../demo/surprise";
import { token } from "./fake";

test("surprise is minus the binary logarithm of the probability", () => {
  expect(bitsOf(Math.log(1 / 8))).toBeCloseTo(3, 12);
  expect(bitsOf(0)).toBe(0);
  // A probability a rounding above one is no negative surprise.
  expect(bitsOf(1e-7)).toBe(0);
});

test("amber grows with the bits and is full at eight", () => {
  expect([0, 2, 8, 20].map(amberOf)).toEqual([0, 0.25, 1, 1]);
});

test("tokens that make one character are one piece, their bits added", () => {
  const piece = pieceOf([token("", 2), token("é", 3)]);
  expect(piece.text).toBe("é");
  expect(piece.bits).toBeCloseTo(5, 12);
});

test("the chosen token stands among the alternatives, in order of probability", () => {
  const rows = alternativesOf(token(" lantern", 7.1, 99));
  expect(rows.map(({ text, chosen }) => [text, chosen])).toEqual([
    [" little", false],
    ["\n", false],
    [" lantern", true],
  ]);
  expect(rows.at(-1)?.probability).toBeCloseTo(2 ** -7.1, 12);
});

test("a chosen token that is already among the likeliest is not listed twice", () => {
  const rows = alternativesOf({ ...token(" little", 1.69, 1) });
  expect(rows.filter(({ chosen }) => chosen)).toHaveLength(1);
  expect(rows).toHaveLength(2);
});

test("a chosen token has its own text, also where others came with it; only half a character has the whole one's", () => {
  const chosen = (text: string, own: string) => {
    const top = [{ id: 7, text: own, logprob: Math.log(0.5) }];
    return alternativesOf({ ...token(text), top }).map(({ text }) => text);
  };
  expect(chosen(" the end", " end")).toEqual([" end"]);
  expect(chosen("é", "\uFFFD")).toEqual(["é"]);
});

test("white space at the ends and line breaks are made visible", () => {
  expect([" lantern", "\n\n", "a b", ""].map(visible)).toEqual(["␣lantern", "⏎⏎", "a b", "part of a character"]);
});
