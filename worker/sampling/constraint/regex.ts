import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { show } from "../../values";
import { matchingCodePoints } from "./code-points";
import { choice, complement, type Expression, nothing, type Ranges, repeat, sequence, set, union } from "./expression";

const DIGITS: Ranges = [[0x30, 0x39]];
const WORD: Ranges = [[0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]]; // biome-ignore format: one line
const LINE_ENDS: Ranges = [[0x0a, 0x0a], [0x0d, 0x0d], [0x2028, 0x2029]]; // biome-ignore format: one line
const ANYTHING = repeat(set(complement([])), 0, Infinity);

/** Where a part stands: whether nothing can come before it, and after it. */
interface Place {
  first: boolean;
  last: boolean;
}

function refuse(node: AST.Node, what: string): never {
  throw new TypeError(`constraint: found ${what} ${show(node.raw)}; allowed: regular expressions without it`);
}

/** The flags that say what a character matches; the others either say nothing about a whole text or are refused. */
function checkFlags(flags: string): string {
  const bad = /[^dgisuvy]/.exec(flags)?.[0];
  if (bad) throw new TypeError(`constraint: found the flag ${show(bad)}; allowed: d, g, i, s, u, v and y`);
  return (flags.includes("v") ? "v" : "u") + flags.replace(/[dguvy]/g, "");
}

function parse(source: string, flags: string): AST.Pattern {
  try {
    const sets = flags.includes("v");
    return new RegExpParser().parsePattern(source, 0, source.length, { unicode: !sets, unicodeSets: sets });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new TypeError(`constraint: ${cause.message}`, { cause });
  }
}

/**
 * The texts that a regular expression matches from the first character to the last, read as with the flag `u` (a
 * RegExp's own flags i, s and v count too). Lazy and greedy are the same here; groups only group.
 *
 * Throws a `TypeError` that names what it can't do: look-around, back references, word borders, anchors in the middle.
 */
export function fromRegex(regex: string | RegExp): Expression {
  const { source, flags } = typeof regex === "string" ? { source: regex, flags: "u" } : regex;
  const kept = checkFlags(flags);
  return translate(parse(source, kept).alternatives, kept, { first: true, last: true });
}

/** The texts in which a regular expression with the flag `u` is found somewhere: what `pattern` means in a schema. */
export function fromPattern(source: string): Expression {
  return search(parse(source, "u").alternatives, "u");
}

/**
 * Each alternative with anything before and after it, where it isn't anchored: beside that an anchor further inside could
 * not hold, and is refused.
 */
function search(alternatives: readonly AST.Alternative[], flags: string): Expression {
  return choice(
    alternatives.map(({ elements }) => {
      const [only] = elements;
      if (only?.type === "Group" && !only.modifiers && elements.length === 1) return search(only.alternatives, flags);
      if (only?.type === "CapturingGroup" && elements.length === 1) return search(only.alternatives, flags);
      const starts = isEdge(only, "start");
      const ends = isEdge(elements.at(-1), "end");
      const needed = sought(elements, starts, ends);
      if (needed.length === 0) return ANYTHING;
      const found = translateSequence(needed, flags, { first: starts, last: ends });
      return sequence(starts ? nothing : ANYTHING, found, ends ? nothing : ANYTHING);
    }),
  );
}

/** The elements without those at an open end that may be nothing: they are found where the others are. */
function sought(elements: readonly AST.Element[], starts: boolean, ends: boolean): readonly AST.Element[] {
  const needed = elements.map((element) => !(element.type === "Quantifier" && element.min === 0));
  const begin = starts ? 0 : needed.indexOf(true);
  return begin < 0 ? [] : elements.slice(begin, ends ? undefined : needed.lastIndexOf(true) + 1);
}

const isEdge = (node: AST.Element | undefined, kind: "start" | "end"): boolean =>
  node?.type === "Assertion" && node.kind === kind;

const translate = (alternatives: readonly AST.Alternative[], flags: string, place: Place): Expression =>
  choice(alternatives.map(({ elements }) => translateSequence(elements, flags, place)));

function translateSequence(elements: readonly AST.Element[], flags: string, { first, last }: Place): Expression {
  const places = [...elements.keys()];
  const begin = places.find((i) => !isEdge(elements[i], "start")) ?? elements.length;
  const end = places.reverse().find((i) => !isEdge(elements[i], "end")) ?? 0;
  return sequence(
    ...elements.map((element, i) =>
      translateElement(element, flags, { first: first && i <= begin, last: last && i >= end }),
    ),
  );
}

function translateElement(node: AST.Element, flags: string, place: Place): Expression {
  switch (node.type) {
    case "Group":
      if (node.modifiers) refuse(node, "modifiers in");
      return translate(node.alternatives, flags, place);
    case "CapturingGroup":
      return translate(node.alternatives, flags, place);
    case "Quantifier":
      return repeat(translateElement(node.element, flags, { first: false, last: false }), node.min, node.max);
    case "Assertion":
      if ((node.kind === "start" && place.first) || (node.kind === "end" && place.last)) return nothing;
      return refuse(node, ASSERTIONS[node.kind]);
    case "Backreference":
      return refuse(node, "the back reference");
    default:
      return set(codePoints(node, flags));
  }
}

const ASSERTIONS: Record<AST.Assertion["kind"], string> = {
  start: "an anchor that is not at the start:",
  end: "an anchor that is not at the end:",
  word: "the word border",
  lookahead: "the look-ahead",
  lookbehind: "the look-behind",
};

type Character = Exclude<
  AST.Element,
  AST.Group | AST.CapturingGroup | AST.Quantifier | AST.Assertion | AST.Backreference
>;

/** The code points of one character, class or escape; what needs Unicode's tables is asked of the engine. */
function codePoints(node: Character, flags: string): Ranges {
  return (!flags.includes("i") && plainCodePoints(node, flags)) || askEngine(node, flags);
}

function askEngine(node: Character, flags: string): Ranges {
  const strings = /\\q\{|\\p\{(?:Basic_Emoji|Emoji_Keycap_Sequence|RGI_)/; // only the flag v has them
  if (flags.includes("v") && strings.test(node.raw)) refuse(node, "strings in the class");
  return matchingCodePoints(node.raw, flags);
}

/** Undefined where it takes Unicode's tables. */
function plainCodePoints(node: Character | AST.CharacterClassElement, flags: string): Ranges | undefined {
  switch (node.type) {
    case "Character":
      return [[node.value, node.value]];
    case "CharacterClassRange":
      return [[node.min.value, node.max.value]];
    case "CharacterSet": {
      const sets: Record<string, Ranges> = {
        digit: DIGITS,
        word: WORD,
        any: complement(flags.includes("s") ? [] : LINE_ENDS),
      };
      const ranges = sets[node.kind];
      return ranges && "negate" in node && node.negate ? complement(ranges) : ranges;
    }
    case "CharacterClass": {
      const parts = node.elements.map((element) => plainCodePoints(element, flags));
      if (parts.includes(undefined)) return undefined;
      const ranges = union(parts.flatMap((part) => part ?? []));
      return node.negate ? complement(ranges) : ranges;
    }
    default:
      return undefined;
  }
}
