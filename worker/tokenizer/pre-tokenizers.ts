import { show } from "../values";
import { flagAt, listAt, refuse, type Table, tableAt } from "./fields";

/** How text is cut into the words that BPE works on; each step cuts the pieces of the one before. */
export type PreTokenizer =
  | { type: "ByteLevel"; add_prefix_space: boolean; trim_offsets: false; use_regex: boolean }
  | {
      type: "Split";
      pattern: { Regex: string } | { String: string };
      behavior: "Isolated" | "Removed";
      invert: boolean;
    };

/** Each match is a piece of its own, and so is the text between two. */
export const isolate = (Regex: string): PreTokenizer => ({
  type: "Split",
  pattern: { Regex },
  behavior: "Isolated",
  invert: false,
});

const READERS: Record<string, (step: Table) => PreTokenizer[]> = {
  ByteLevel: (step) => [
    {
      type: "ByteLevel",
      add_prefix_space: flagAt(step.add_prefix_space, "ByteLevel.add_prefix_space", true),
      trim_offsets: false,
      use_regex: flagAt(step.use_regex, "ByteLevel.use_regex", true),
    },
  ],
  Digits: (step) => [isolate(flagAt(step.individual_digits, "Digits.individual_digits", false) ? "\\p{N}" : "\\p{N}+")],
  Split: (step) => [readSplit(step)],
  Sequence: (step) => listAt(step.pretokenizers, "pre_tokenizer.pretokenizers").flatMap(readStep),
};

function readStep(value: unknown): PreTokenizer[] {
  const step = tableAt(value, "pre_tokenizer");
  const type = step.type;
  const read = typeof type === "string" && Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  return read?.(step) ?? refuse(`a pre-tokenizer is ${show(type)}`, `supported are ${Object.keys(READERS).join(", ")}`);
}

function readSplit(step: Table): PreTokenizer {
  const { Regex, String: literal } = tableAt(step.pattern, "Split.pattern");
  const invert = flagAt(step.invert, "Split.invert", false);
  const pattern = typeof Regex === "string" ? { Regex } : typeof literal === "string" ? { String: literal } : undefined;
  if (!pattern) return refuse(`Split.pattern is ${JSON.stringify(step.pattern)}`, "expected a Regex or a String");
  if (step.behavior === "Isolated") return { type: "Split", pattern, behavior: "Isolated", invert: false };
  if (step.behavior === "Removed" && invert) return { type: "Split", pattern, behavior: "Removed", invert };
  return refuse(
    `Split.behavior is ${show(step.behavior)}, inverted: ${invert}`,
    "supported are Isolated, and Removed when inverted; others lose text",
  );
}

/** @throws GPTError `bad-tokenizer` by the type found, unless there is exactly one ByteLevel step */
export function readPreTokenizer(value: unknown): PreTokenizer[] {
  const steps = value === null ? [] : readStep(value);
  const byteLevel = steps.filter((step) => step.type === "ByteLevel").length;
  if (byteLevel !== 1)
    refuse(
      `pre_tokenizer is ${value === null ? "null" : show(tableAt(value, "pre_tokenizer").type)} with ${byteLevel} ByteLevel steps`,
      "expected one: only byte-level BPE (GPT-2's and its descendants') is supported",
    );
  return steps;
}
