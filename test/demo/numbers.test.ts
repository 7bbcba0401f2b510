import { expect, test } from "vitest";
import { bytes, bytesOf, count, duration, numbersIn, percent } from "../../demo/numbers";

test("counts are grouped by thousands", () => {
  expect(count(5_918_720)).toBe("5,918,720");
  expect(count(512)).toBe("512");
});

test("a probability keeps two figures until it is negligible", () => {
  expect([1, 0.31, 0.0995, 0.0949, 0.007, 0.0004].map(percent)).toEqual(
    ["100 %", "31 %", "10 %", "9.5 %", "0.7 %", "<0.1 %"].map(narrow),
  );
});

test("bytes have a unit in powers of a thousand", () => {
  expect([0, 999, 1000, 524_288, 999_600, 11_844_648, 548_105_171, 6_200_000_000].map(bytes)).toEqual(
    ["0 B", "999 B", "1.0 kB", "524 kB", "1.0 MB", "11.8 MB", "548 MB", "6.2 GB"].map(narrow),
  );
});

test("loaded bytes take the total's unit and width", () => {
  expect(bytesOf(351e6, 548e6)).toBe(narrow("351 of 548 MB"));
  expect(bytesOf(1_200_000, 11_844_648)).toBe(`\u2007${narrow("1.2 of 11.8 MB")}`);
  expect(bytesOf(9_000, 548e6)).toBe(`\u2007\u2007${narrow("0 of 548 MB")}`);
  expect(bytesOf(1_200_000, 0)).toBe(narrow("1.2 MB"));
});

test("a time is as exact as one needs it", () => {
  expect([0.0384, 7.2, 89, 91, 600].map(duration)).toEqual(["38 ms", "8 s", "89 s", "2 min", "10 min"].map(narrow));
});

test("small and large numbers keep two or three digits that matter, in the language's own way", () => {
  const [en, pt] = [numbersIn("en"), numbersIn("pt-BR")];
  expect([0, 12.34, 1234, -0.5, 0.0123, 1.2e38, 1.4e-45].map(en.short)).toEqual([
    "0",
    "12.3",
    "1,234",
    "−0.50",
    "0.012",
    "1.2 × 10³⁸",
    "1.4 × 10⁻⁴⁵",
  ]);
  expect([1234, -0.5, 1.2e38].map(pt.short)).toEqual(["1.234", "−0,50", "1,2 × 10³⁸"]);
  expect([Number.POSITIVE_INFINITY, Number.NaN].map(en.short)).toEqual(["∞", "NaN"]);
  expect([-0.0004, -0.0006, 0].map((n) => en.fixed(n, 3))).toEqual(["0.000", "−0.001", "0.000"]);
  expect([0.01, 10, -0.05].map(en.plain)).toEqual(["0.01", "10", "−0.05"]);
  expect([-20, 0, 38].map(en.power)).toEqual(["10⁻²⁰", "1", "10³⁸"]);
  expect(pt.percent(0.074)).toBe(narrow("7,4 %"));
});

/** The space before a unit is a narrow no-break one. */
function narrow(text: string): string {
  return text.replace(/ (?=\S+$)/, "\u202f");
}
