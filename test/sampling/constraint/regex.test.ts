import fc from "fast-check";
import { expect, test } from "vitest";
import { createConstraint, type State } from "../../../worker/sampling/constraint/constraint";
import { mulberry32 } from "../../kernels/harness";
import { expressions, wholeText } from "./random-specs";
import { allowed, constrain, END, matches, TOKENS, textOf, trie, wander } from "./vocabulary";

/** Not a literal, which would need a newer target. */
const SETS: string = "v";

test.each([1, 2, 3, 4, 5])("100 random expressions, seed %i: random tokens under the masks always match", (seed) => {
  let ended = 0;
  fc.assert(
    fc.property(expressions, fc.integer(), (regex, steps) => {
      const constraint = constrain({ regex });
      const whole = wholeText(regex);
      const random = mulberry32(steps);
      for (let walk = 0; walk < 2; walk++) {
        const text = wander(constraint, random, 1 + Math.floor(random() * 12));
        if (text === undefined) continue;
        ended++;
        expect(whole.test(text), `${whole} ${JSON.stringify(text)}`).toBe(true);
      }
    }),
    { numRuns: 100, seed },
  );
  expect(ended).toBeGreaterThan(180);
});

test("a text matches exactly where the engine's own expression does", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 5 }),
    fc.string({ unit: fc.constantFrom(..."abé日😀01 _AZ"), maxLength: 6 }),
  );
  fc.assert(
    fc.property(expressions, fc.array(text, { minLength: 8, maxLength: 8 }), (regex, texts) => {
      const constraint = constrain({ regex });
      const whole = wholeText(regex);
      for (const one of texts)
        expect(matches(constraint, one), `${whole} ${JSON.stringify(one)}`).toBe(whole.test(one));
    }),
    { numRuns: 120, seed: 2 },
  );
});

test("a mask has the tokens, all and only, after which a match can still be reached", () => {
  fc.assert(
    fc.property(expressions, fc.integer(), (regex, seed) => {
      const constraint = constrain({ regex });
      const random = mulberry32(seed);
      let state = constraint.start;
      for (let step = 0; step < 4 && !constraint.final(state); step++) {
        const options = allowed(constraint.mask(state));
        const possible = TOKENS.flatMap((bytes, id) => {
          if (id === END) return options.includes(id) ? [id] : []; // the expressions above say where a text ends
          let next: State | undefined = bytes.length > 0 ? state : undefined;
          for (const byte of bytes) {
            if (next === undefined) break;
            next = allowed(constraint.mask(next)).includes(byte) ? constraint.advance(next, byte) : undefined;
          }
          return next === undefined ? [] : [id];
        });
        expect(options).toEqual(possible);
        state = constraint.advance(state, options[Math.floor(random() * options.length)] as number);
      }
    }),
    { numRuns: 60, seed: 3 },
  );
});

test("the end token is allowed exactly where the text matches, also where its own text would go on", () => {
  const constraint = constrain({ regex: "(ab)*c?" });
  expect(allowed(constraint.mask(constraint.start))).toContain(END);
  const half = constraint.advance(constraint.start, 0x61);
  expect(allowed(constraint.mask(half)).map((id) => textOf([id]))).toEqual(["b", "ba", "bc"]);
  expect(() => constraint.advance(half, END)).toThrow(RangeError);
  expect(() => constraint.advance(half, 0x63)).toThrow(new RangeError("constraint: token 99 can't follow here"));
  const whole = constraint.advance(half, 0x62);
  expect(allowed(constraint.mask(whole))).toContain(END);
  expect(constraint.final(whole)).toBe(false);
  expect(constraint.final(constraint.advance(whole, 0x63))).toBe(true);
});

test.each([
  ["^yes|no$", ["yes", "no"], ["yesno", "n"]],
  ["^(?:^a|b)c$", ["ac", "bc"], ["c"]],
  ["^$", [""], ["a"]],
  ["a{3}", ["aaa"], ["aa", "aaaa"]],
  ["\\w+@\\w+\\.(com|org)", ["a@b.com"], ["a@b.net", "a@b.comx"]],
  [/k/i, ["k", "K", "\u212a"], ["j"]],
  [new RegExp("[\\p{L}--[a-z]]+", SETS), ["É", "日本"], ["a", "Éa"]],
  ["[\\\\q{\\s]", ["\\", "q", "{", " "], ["s"]],
  [".", ["a", "😀", "\u2027"], ["\n", "\u2028", ""]],
  [/./s, ["\n"], [""]],
] as const)("%s matches whole texts", (regex, yes, no) => {
  const constraint = constrain({ regex });
  for (const text of yes) expect(matches(constraint, text), text).toBe(true);
  for (const text of no) expect(matches(constraint, text), text).toBe(false);
});

test.each([
  ["(?=a)b", /look-ahead "\(\?=a\)"/],
  ["(?<!a)b", /look-behind/],
  ["(a)\\1", /back reference "\\\\1"/],
  ["\\bfoo", /word border/],
  ["(?<y>a)^b", /an anchor that is not at the start/],
  ["(a$)b", /an anchor that is not at the end/],
  ["(^a)*", /an anchor/],
  ["(", /Unterminated group/],
  [/^a$/m, /flag "m"/],
  ["a{400000}", /repetitions/],
  [new RegExp("[\\q{abc}]", SETS), /strings in the class/],
  ["[]", /no text/],
] as const)("%s is refused by name", (regex, message) => {
  expect(() => constrain({ regex })).toThrow(TypeError);
  expect(() => constrain({ regex })).toThrow(message);
});

test("a token that ends the text writes none of it", () => {
  const a = 0x61;
  expect(() => createConstraint({ regex: "a+" }, trie, [a])).toThrow(/no text that this vocabulary can write matches/);
  const either = createConstraint({ regex: "a+|b" }, trie, [a]);
  expect(allowed(either.mask(either.start)).map((id) => textOf([id]))).toEqual(["b"]);
});

test("a range within another takes nothing from it", () => {
  const constraint = constrain({ regex: "[a-zb-cx]" });
  expect([..."abcdz"].map((letter) => matches(constraint, letter))).toEqual(Array(5).fill(true));
});
