/** What the result has to match: a regular expression, or a JSON schema (docs/constraints.md). */
export type ConstraintSpec = { regex: string | RegExp } | { jsonSchema: unknown };

/**
 * Options of one `generate()`. Each has the effect described here or throws a `TypeError` that names it; ranges,
 * defaults and the order in which they act: docs/options.md. `undefined` means "not given"; 0 never does.
 */
export interface GenerateOptions {
  /** At most this many new tokens; 0 gives none. Default 128. */
  maxNewTokens?: number;
  /** Divides the scores; below 1 is more certain, above 1 more even, 0 always takes the best token. Default 1. */
  temperature?: number;
  /** Keeps the k best tokens, and those that score the same as the last of them. 0 is off, the default. */
  topK?: number;
  /** Keeps the smallest set of best tokens whose probabilities reach this sum, at least one. 1 is off, the default. */
  topP?: number;
  /** Keeps the tokens at least this many times as probable as the best one. 0 is off, the default. */
  minP?: number;
  /** Keeps the tokens whose surprise is nearest to the entropy, until they hold this mass. 1 is off, the default. */
  typicalP?: number;
  /** Divides positive scores of tokens seen in prompt or text by this, multiplies negative ones; once a token. 1 is off. */
  repetitionPenalty?: number;
  /** Subtracted once from the score of each token generated so far; the prompt does not count. 0 is off. */
  presencePenalty?: number;
  /** Subtracted once per occurrence from the score of each token generated so far; the prompt does not count. 0 is off. */
  frequencyPenalty?: number;
  /** How many of the last tokens the penalties see; 0 none, `Infinity` all, the default. */
  penaltyWindow?: number;
  /** No run of this many tokens occurs twice, the prompt included. 0 is off, the default. */
  noRepeatNgramSize?: number;
  /** Added to the scores: token id → number. */
  logitBias?: Record<number, number>;
  /** Sequences that are not completed: ids, or text (as it is written and with a space before it). */
  badWords?: readonly (string | readonly number[])[];
  /** Only these ids can be drawn. Default: all. */
  allowedTokens?: readonly number[];
  /** Texts that end the generation; the stop text itself is not part of the result. */
  stop?: string | readonly string[];
  /** Ids that end the generation, not part of the text. Default: the model's own end tokens; `[]` is none. */
  stopTokens?: readonly number[];
  /** Ends the generation after this many milliseconds, not counting those it waited for its turn. Default `Infinity`. */
  maxTime?: number;
  /** Same seed, same text. A whole number from 0 to 2³² − 1; default: another one each time. */
  seed?: number;
  /** How many sequences, read from one prompt and written as one batch; the first one streams. Fewer where beams find fewer texts. Default 1. */
  n?: number;
  /** Beam search of this width, its text all at the end; 1, the default, is sampling or greedy. */
  numBeams?: number;
  /** Beams are compared by the sum of their log-probabilities, as the options up to `constraint` leave them, divided by length ** lengthPenalty. Default 1; only with `numBeams`. */
  lengthPenalty?: number;
  /** When beam search ends: as soon as numBeams have ended (`true`), when none better is likely (`false`) or possible (`'never'`). */
  earlyStopping?: boolean | "never";
  /** Each token reports its own log-probability and this many of the most probable tokens; 0 reports neither. Default 0. */
  logprobs?: number;
  /** The text matches this, or the finish reason says why not. */
  constraint?: ConstraintSpec;
  /** At the context's end: end there, or read on from `keepPrefix` and the latest half of the rest. Default `'stop'`. */
  onContextFull?: "stop" | "slide";
  /** How many first tokens stay when the context slides. Default 0. */
  keepPrefix?: number;
  /** Ends the generation when it fires: nothing rejects, the result has what was written and the finish reason `aborted`. */
  signal?: AbortSignal;
  /** Proposes up to this many tokens at once, copied from where the text last went the same way; the text stays the same. */
  speculate?: number;
  /** Each token reports what each stage kept and the probability mass that it removed. Default false. */
  stats?: boolean;
}
