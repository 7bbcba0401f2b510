import { badWords, maskOf, noRepeatNgram, onlyMask } from "./bans";
import type { Candidates } from "./candidates";
import type { ResolvedOptions } from "./option-table";
import {
  frequencyPenalty,
  type History,
  type Lookback,
  logitBias,
  presencePenalty,
  repetitionPenalty,
} from "./penalties";
import { minP, topK, topP, typicalP } from "./warpers";

/** What the stages of one step see beside the scores. */
export interface Step {
  history: History;
  /** The tokens that a constraint allows here. */
  mask: Uint32Array | undefined;
}

export type Process = (scores: Float32Array, step: Step) => void;

/** A stage on the scores of the whole vocabulary. `make` returns nothing where the option leaves everything as it is. */
export interface Processor {
  option: keyof ResolvedOptions;
  /** Whether it forbids tokens; of those that together would leave none, the earlier in the list give way. */
  forbids: boolean;
  make(options: ResolvedOptions, vocabSize: number): Process | undefined;
}

/** A stage on the list of candidates, after the temperature. */
export interface Warper {
  option: keyof ResolvedOptions;
  on(options: ResolvedOptions): boolean;
  apply(list: Candidates, options: ResolvedOptions): void;
}

/** A row for a rule on the tokens of the history. */
function penalty(
  option: "repetitionPenalty" | "presencePenalty" | "frequencyPenalty",
  nothing: number,
  rule: (scores: Float32Array, history: History, penalty: number, span: Lookback) => void,
): Processor {
  return {
    option,
    forbids: false,
    make(options, vocabSize) {
      const { [option]: strength, penaltyWindow: window } = options;
      if (strength === nothing) return undefined;
      const span = { window, seen: new Int32Array(vocabSize) };
      return (scores, { history }) => rule(scores, history, strength, span);
    },
  };
}

/** THE ORDER, first half: as transformers' `_get_logits_processor`, what it lacks beside its kin. */
export const PROCESSORS: readonly Processor[] = [
  {
    option: "logitBias",
    forbids: false,
    make(options) {
      const biases = Object.entries(options.logitBias).map(([id, bias]) => [Number(id), bias] as const);
      return biases.length > 0 ? (scores) => logitBias(scores, biases) : undefined;
    },
  },
  penalty("repetitionPenalty", 1, repetitionPenalty),
  penalty("presencePenalty", 0, presencePenalty),
  penalty("frequencyPenalty", 0, frequencyPenalty),
  {
    option: "noRepeatNgramSize",
    forbids: true,
    make: ({ noRepeatNgramSize: n }) =>
      n > 0 ? (scores, { history }) => noRepeatNgram(scores, history, n) : undefined,
  },
  {
    option: "badWords",
    forbids: true,
    make: ({ badWords: words }) =>
      words.length > 0 ? (scores, { history }) => badWords(scores, history, words) : undefined,
  },
  {
    option: "allowedTokens",
    forbids: true,
    make({ allowedTokens }, vocabSize) {
      const allowed = allowedTokens && maskOf(allowedTokens, vocabSize);
      return allowed && ((scores) => onlyMask(scores, allowed));
    },
  },
  {
    option: "constraint",
    forbids: true,
    make:
      () =>
      (scores, { mask }) => {
        if (mask) onlyMask(scores, mask);
      },
  },
];

/** THE ORDER, second half: after the temperature, as transformers. */
export const WARPERS: readonly Warper[] = [
  { option: "topK", on: (options) => options.topK > 0, apply: (list, options) => topK(list, options.topK) },
  { option: "topP", on: (options) => options.topP < 1, apply: (list, options) => topP(list, options.topP) },
  { option: "minP", on: (options) => options.minP > 0, apply: (list, options) => minP(list, options.minP) },
  {
    option: "typicalP",
    on: (options) => options.typicalP < 1,
    apply: (list, options) => typicalP(list, options.typicalP),
  },
];

/** THE ORDER in which the options act on the model's scores; then one token is drawn, or at temperature 0 the best taken. */
export const ORDER: readonly (keyof ResolvedOptions)[] = [
  ...PROCESSORS.map(({ option }) => option),
  "temperature",
  ...WARPERS.map(({ option }) => option),
];
