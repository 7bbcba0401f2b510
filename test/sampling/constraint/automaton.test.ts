import { expect, test } from "vitest";
import { createConstraint } from "../../../worker/sampling/constraint/constraint";
import { complement, intersection, union } from "../../../worker/sampling/constraint/expression";
import { createTokenTrie } from "../../../worker/sampling/constraint/token-trie";
import { utf8Sequences } from "../../../worker/sampling/constraint/utf8";
import { constrain, END, trie } from "./vocabulary";

test("byte sequences stand for exactly the UTF-8 forms of a range", () => {
  const ranges = [
    [0, 0x10ffff],
    [0x41, 0x41],
    [0x7f, 0x80],
    [0x7fe, 0x801],
    [0xd700, 0xe001],
    [0xfffe, 0x10003],
    [0x12345, 0x23456],
  ];
  for (const [from, to] of ranges as [number, number][]) {
    const sequences = utf8Sequences([[from, to]]);
    const forms = sequences.reduce((sum, one) => sum + one.reduce((all, [low, high]) => all * (high - low + 1), 1), 0);
    const surrogates = Math.max(0, Math.min(to, 0xdfff) - Math.max(from, 0xd800) + 1);
    expect(forms).toBe(to - from + 1 - surrogates);
    for (const point of [from, to, from + ((to - from) >> 1), 0x7f, 0x800, 0xe000, 0x10000]) {
      const bytes = new TextEncoder().encode(String.fromCodePoint(point));
      const found = sequences.some(
        (one) =>
          one.length === bytes.length &&
          one.every(([low, high], i) => low <= (bytes[i] as number) && (bytes[i] as number) <= high),
      );
      expect(found, point.toString(16)).toBe(point >= from && point <= to && !(point >= 0xd800 && point < 0xe000));
    }
  }
});

test("sets of code points", () => {
  expect(
    union([
      [5, 9],
      [1, 2],
      [3, 4],
      [20, 30],
      [8, 12],
    ]),
  ).toEqual([
    [1, 12],
    [20, 30],
  ]);
  expect(
    complement([
      [0, 4],
      [10, 0x10fffe],
    ]),
  ).toEqual([
    [5, 9],
    [0x10ffff, 0x10ffff],
  ]);
  expect(
    intersection(
      [
        [1, 5],
        [8, 9],
      ],
      [[4, 8]],
    ),
  ).toEqual([
    [4, 5],
    [8, 8],
  ]);
});

test.each([
  "[a-z]{3,9}!?",
  "\\w{0,12}",
  ".{2,5}é?.{3,18}",
  "(?:[a-p]|[q-z]){4,}",
  '"[^"]{0,7}"',
  "[^A]{1,20}",
  "a{6}b*",
])("%s: a mask made of whole subtrees is the mask made token by token", (regex) => {
  const tails = [
    "",
    "b",
    "bcdefg",
    "bcdefghijklmnopq",
    "bcdéfg",
    "bc fghij",
    'bcd"',
    "ZZ9",
    "aaaaaaaaaaaaaaaaaaaaaaaaa",
  ];
  const words = [...'aqAé "!'].flatMap((first) => tails.map((tail) => new TextEncoder().encode(first + tail)));
  const tokens = [...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)), ...words];
  const constraint = createConstraint(
    { regex },
    createTokenTrie((id) => tokens[id] ?? Uint8Array.of(), tokens.length),
    [],
  );
  let state = constraint.start;
  for (const byte of new TextEncoder().encode('"aaaaabbb')) {
    const mask = constraint.mask(state);
    const inMask = (id: number) => (((mask[id >>> 5] as number) >>> (id & 31)) & 1) === 1;
    tokens.forEach((_, id) => {
      let follows = true;
      try {
        constraint.advance(state, id);
      } catch {
        follows = false;
      }
      expect(inMask(id), `token ${id}`).toBe(follows);
    });
    if (inMask(byte)) state = constraint.advance(state, byte);
  }
});

test("a vocabulary without some bytes never leads where it can't go on", () => {
  const tokens = ["a", "b", "bx", "c"].map((word) => new TextEncoder().encode(word));
  const trie = createTokenTrie((id) => tokens[id] ?? Uint8Array.of(), 4);
  const constraint = createConstraint({ regex: "a(x|b)|bxc" }, trie, []);
  expect([...constraint.mask(constraint.start)]).toEqual([0b0001]);
  const after = constraint.advance(constraint.start, 0);
  expect([...constraint.mask(after)]).toEqual([0b0010]);
  expect(() => createConstraint({ regex: "x" }, trie, [])).toThrow(/no text that this vocabulary can write/);
});

test("a space that can't follow is in no mask, also where no word begins with one", () => {
  const tokens = ["a", " "].map((word) => new TextEncoder().encode(word));
  const trie = createTokenTrie((id) => tokens[id] ?? Uint8Array.of(), 2);
  const constraint = createConstraint({ regex: "a+" }, trie, []);
  expect([...constraint.mask(constraint.start)]).toEqual([0b01]);
});

test("an expression with more states than may be kept forgets them, and goes on as before", () => {
  const spec = { regex: ".*a.{4}b?" };
  const [kept, forgetful] = [constrain(spec), createConstraint(spec, trie, [END], 1)];
  let state = kept.start;
  for (const byte of new TextEncoder().encode("banana and b")) {
    expect(forgetful.mask(state)).toEqual(kept.mask(state));
    expect(forgetful.mask(state)).not.toBe(forgetful.mask(state));
    expect(kept.mask(state)).toBe(kept.mask(state));
    expect(forgetful.final(state)).toBe(kept.final(state));
    expect(forgetful.advance(state, byte)).toBe(kept.advance(state, byte));
    state = kept.advance(state, byte);
  }
});

const LEVELS = 30_000;
const nested = (inner: unknown, wrap: (inner: unknown) => unknown): unknown => {
  for (let i = 0; i < LEVELS; i++) inner = wrap(inner);
  return inner;
};

test.each([
  ["groups", { regex: `${"(".repeat(LEVELS)}a${")".repeat(LEVELS)}` }],
  ["schemas", { jsonSchema: nested({}, (items) => ({ type: "array", items })) }],
  ["values", { jsonSchema: { const: nested(0, (value) => [value]) } }],
])("%s nested deeper than the stack goes are refused", (_, spec) => {
  const trie = createTokenTrie((id) => Uint8Array.of(id), 256);
  const create = () => createConstraint(spec, trie, []);
  expect(create).toThrow(TypeError);
  expect(create).toThrow("nested too deep");
});

test("a vocabulary may have one endless token", () => {
  const long = new Uint8Array(50_000).fill(0x61);
  const { depth, end } = createTokenTrie((id) => (id === 0 ? long : Uint8Array.of(0x62)), 2);
  expect([depth, end[0]]).toEqual([50_000, 50_002]);
});
