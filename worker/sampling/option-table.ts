import {
  abortSignal,
  biases,
  type Check,
  constraint,
  duration,
  ids,
  integer,
  number,
  type OptionContext,
  oneOf,
  positive,
  sequences,
  texts,
} from "./checks";
import type { ConstraintSpec, GenerateOptions } from "./generate-options";

/** `GenerateOptions` with every value settled, texts among the bad words encoded. */
export interface ResolvedOptions
  extends Required<Omit<GenerateOptions, "badWords" | "allowedTokens" | "stop" | "constraint" | "signal">> {
  badWords: readonly (readonly number[])[];
  allowedTokens: readonly number[] | undefined;
  stop: readonly string[];
  constraint: ConstraintSpec | undefined;
  signal: AbortSignal | undefined;
}

/** One option: what it accepts, and what it is when not given. */
export interface OptionRow<T> {
  check: Check;
  /** The value when none is given. */
  default: T | ((context: OptionContext) => T);
  /** Turns an accepted value into the settled one, where they differ. */
  settle?: (value: never, context: OptionContext) => T;
}

const anySeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** A text is forbidden as it is written and with a space before it: to GPT-2 these are different tokens. */
const encodeWords = (words: NonNullable<GenerateOptions["badWords"]>, { encode }: OptionContext): number[][] =>
  words.flatMap((word) => {
    if (typeof word !== "string") return [[...word]];
    return [word, ` ${word}`].map((text) => Array.from(encode?.(text) ?? [])).filter((sequence) => sequence.length > 0);
  });

/** THE TABLE: every option of `generate()`. docs/options.md is written from it and from what option-notes.ts says of each. */
export const OPTIONS: { [K in keyof ResolvedOptions]: OptionRow<ResolvedOptions[K]> } = {
  logitBias: { check: biases(1e4), default: {} },
  repetitionPenalty: { check: positive, default: 1 },
  presencePenalty: { check: number(-100, 100), default: 0 },
  frequencyPenalty: { check: number(-100, 100), default: 0 },
  penaltyWindow: { check: integer(0, Infinity), default: Infinity },
  noRepeatNgramSize: { check: integer(0), default: 0 },
  badWords: { check: sequences, default: [], settle: encodeWords },
  allowedTokens: { check: ids(1), default: undefined },
  constraint: { check: constraint, default: undefined },
  temperature: { check: number(0), default: 1 },
  topK: { check: integer(0), default: 0 },
  topP: { check: number(0, 1), default: 1 },
  minP: { check: number(0, 1), default: 0 },
  typicalP: { check: number(0, 1), default: 1 },
  seed: { check: integer(0, 2 ** 32 - 1), default: anySeed },
  stats: { check: oneOf(true, false), default: false },
  logprobs: { check: integer(0), default: 0 },
  maxNewTokens: { check: integer(0, Infinity), default: 128 },
  stop: {
    check: texts,
    default: [],
    settle: (value: string | readonly string[]) => (typeof value === "string" ? [value] : [...value]),
  },
  stopTokens: { check: ids(0), default: (context) => [...(context.stopTokens ?? [])] },
  maxTime: { check: duration, default: Infinity },
  signal: { check: abortSignal, default: undefined },
  n: { check: integer(1, 64), default: 1 },
  numBeams: { check: integer(1, 64), default: 1 },
  lengthPenalty: { check: number(-100, 100), default: 1 },
  earlyStopping: { check: oneOf(true, false, "never"), default: false },
  speculate: { check: integer(0, 15), default: 0 },
  onContextFull: { check: oneOf("stop", "slide"), default: "stop" },
  keepPrefix: {
    check: {
      range: ({ contextLength }) => `a whole number from 0 to ${Math.max(0, contextLength - 2)}`,
      fault: (value, context) => integer(0, Math.max(0, context.contextLength - 2)).fault(value, context),
    },
    default: 0,
  },
};
