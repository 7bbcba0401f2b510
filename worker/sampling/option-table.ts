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

/** One option: what it accepts, what it is when not given, where it acts, and where it comes from. */
export interface OptionRow<T> {
  check: Check;
  /** The value when none is given. */
  default: T | ((context: OptionContext) => T);
  /** The value as documented that leaves everything as it is; `undefined` where there is no such value. */
  doNothing: unknown;
  /** Where it acts: "stage" (see THE ORDER in stages.ts), "stop", "search", "output", "context" or "draw". */
  acts: "stage" | "draw" | "search" | "stop" | "context" | "output";
  source: string;
  /** Turns an accepted value into the settled one, where they differ. */
  settle?: (value: never, context: OptionContext) => T;
}

const HF = "transformers";
const OPENAI = "OpenAI API";
const anySeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** A text is forbidden as it is written and with a space before it: to GPT-2 these are different tokens. */
const encodeWords = (words: NonNullable<GenerateOptions["badWords"]>, { encode }: OptionContext): number[][] =>
  words.flatMap((word) => {
    if (typeof word !== "string") return [[...word]];
    return [word, ` ${word}`].map((text) => Array.from(encode?.(text) ?? [])).filter((sequence) => sequence.length > 0);
  });

/** THE TABLE: every option of `generate()`. docs/options.md is written from it. */
export const OPTIONS: { [K in keyof ResolvedOptions]: OptionRow<ResolvedOptions[K]> } = {
  logitBias: { check: biases(1e4), default: {}, doNothing: {}, acts: "stage", source: `${OPENAI}, logit_bias` },
  repetitionPenalty: {
    check: positive,
    default: 1,
    doNothing: 1,
    acts: "stage",
    source: "Keskar et al. 2019, arXiv:1909.05858, 4.1",
  },
  presencePenalty: {
    check: number(-100, 100),
    default: 0,
    doNothing: 0,
    acts: "stage",
    source: `${OPENAI}, presence_penalty`,
  },
  frequencyPenalty: {
    check: number(-100, 100),
    default: 0,
    doNothing: 0,
    acts: "stage",
    source: `${OPENAI}, frequency_penalty`,
  },
  penaltyWindow: {
    check: integer(0, Infinity),
    default: Infinity,
    doNothing: Infinity,
    acts: "stage",
    source: "llama.cpp, repeat_last_n",
  },
  noRepeatNgramSize: {
    check: integer(0),
    default: 0,
    doNothing: 0,
    acts: "stage",
    source: "Paulus et al. 2017, arXiv:1705.04304, 2.5",
  },
  badWords: {
    check: sequences,
    default: [],
    doNothing: [],
    acts: "stage",
    source: `${HF}, bad_words_ids`,
    settle: encodeWords,
  },
  allowedTokens: {
    check: ids(1),
    default: undefined,
    doNothing: undefined,
    acts: "stage",
    source: `${HF}, prefix_allowed_tokens_fn`,
  },
  constraint: {
    check: constraint,
    default: undefined,
    doNothing: undefined,
    acts: "stage",
    source: "Willard, Louf 2023, arXiv:2307.09702",
  },
  temperature: {
    check: number(0),
    default: 1,
    doNothing: 1,
    acts: "stage",
    source: "Ackley, Hinton, Sejnowski 1985",
  },
  topK: {
    check: integer(0),
    default: 0,
    doNothing: 0,
    acts: "stage",
    source: "Fan, Lewis, Dauphin 2018, arXiv:1805.04833, 5.4",
  },
  topP: {
    check: number(0, 1),
    default: 1,
    doNothing: 1,
    acts: "stage",
    source: "Holtzman et al. 2019, arXiv:1904.09751, 3.1",
  },
  minP: {
    check: number(0, 1),
    default: 0,
    doNothing: 0,
    acts: "stage",
    source: "Nguyen et al. 2024, arXiv:2407.01082",
  },
  typicalP: {
    check: number(0, 1),
    default: 1,
    doNothing: 1,
    acts: "stage",
    source: "Meister et al. 2022, arXiv:2202.00666",
  },
  seed: {
    check: integer(0, 2 ** 32 - 1),
    default: anySeed,
    doNothing: undefined,
    acts: "draw",
    source: `${OPENAI}, seed`,
  },
  stats: { check: oneOf(true, false), default: false, doNothing: false, acts: "output", source: "this project" },
  logprobs: {
    check: integer(0),
    default: 0,
    doNothing: 0,
    acts: "output",
    source: `${OPENAI}, top_logprobs`,
  },
  maxNewTokens: {
    check: integer(0, Infinity),
    default: 128,
    doNothing: Infinity,
    acts: "stop",
    source: `${HF}, max_new_tokens`,
  },
  stop: {
    check: texts,
    default: [],
    doNothing: [],
    acts: "stop",
    source: `${OPENAI}, stop`,
    settle: (value: string | readonly string[]) => (typeof value === "string" ? [value] : [...value]),
  },
  stopTokens: {
    check: ids(0),
    default: (context) => [...(context.stopTokens ?? [])],
    doNothing: [],
    acts: "stop",
    source: `${HF}, eos_token_id`,
  },
  maxTime: {
    check: duration,
    default: Infinity,
    doNothing: Infinity,
    acts: "stop",
    source: `${HF}, max_time (there in seconds)`,
  },
  signal: {
    check: abortSignal,
    default: undefined,
    doNothing: undefined,
    acts: "stop",
    source: "DOM standard, AbortSignal",
  },
  n: {
    check: integer(1, 64),
    default: 1,
    doNothing: 1,
    acts: "search",
    source: `${OPENAI}, n; ${HF}, num_return_sequences`,
  },
  numBeams: { check: integer(1, 64), default: 1, doNothing: 1, acts: "search", source: `${HF}, num_beams` },
  lengthPenalty: {
    check: number(-100, 100),
    default: 1,
    doNothing: 0,
    acts: "search",
    source: `${HF}, length_penalty; Wu et al. 2016, arXiv:1609.08144, 7`,
  },
  earlyStopping: {
    check: oneOf(true, false, "never"),
    default: false,
    doNothing: undefined,
    acts: "search",
    source: `${HF}, early_stopping`,
  },
  speculate: {
    check: integer(0, 15),
    default: 0,
    doNothing: 0,
    acts: "search",
    source: `Saxena 2023, prompt lookup decoding; ${HF}, prompt_lookup_num_tokens`,
  },
  onContextFull: {
    check: oneOf("stop", "slide"),
    default: "stop",
    doNothing: undefined,
    acts: "context",
    source: "this project",
  },
  keepPrefix: {
    check: {
      range: ({ contextLength }) => `an integer from 0 to ${Math.max(0, contextLength - 2)}`,
      fault: (value, context) => integer(0, Math.max(0, context.contextLength - 2)).fault(value, context),
    },
    default: 0,
    doNothing: 0,
    acts: "context",
    source: "llama.cpp, n_keep; Xiao et al. 2023, arXiv:2309.17453",
  },
};
