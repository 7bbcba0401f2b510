import type { ResolvedOptions } from "./option-table";

/** What the documentation says of an option and no program needs: where it acts, and where it comes from. */
export interface OptionNote<T> {
  /** The value as documented that leaves everything as it is; `undefined` where there is no such value. */
  doNothing: T | undefined;
  /** Where it acts: "stage" (see THE ORDER in stages.ts), "stop", "search", "output", "context" or "draw". */
  acts: "stage" | "draw" | "search" | "stop" | "context" | "output";
  source: string;
}

const HF = "transformers";
const OPENAI = "OpenAI API";

/** A note for every option of the table; no part of what a page loads. */
export const NOTES: { [K in keyof ResolvedOptions]: OptionNote<ResolvedOptions[K]> } = {
  logitBias: { doNothing: {}, acts: "stage", source: `${OPENAI}, logit_bias` },
  repetitionPenalty: { doNothing: 1, acts: "stage", source: "Keskar et al. 2019, arXiv:1909.05858, 4.1" },
  presencePenalty: { doNothing: 0, acts: "stage", source: `${OPENAI}, presence_penalty` },
  frequencyPenalty: { doNothing: 0, acts: "stage", source: `${OPENAI}, frequency_penalty` },
  penaltyWindow: { doNothing: Infinity, acts: "stage", source: "llama.cpp, repeat_last_n" },
  noRepeatNgramSize: { doNothing: 0, acts: "stage", source: "Paulus et al. 2017, arXiv:1705.04304, 2.5" },
  badWords: { doNothing: [], acts: "stage", source: `${HF}, bad_words_ids` },
  allowedTokens: { doNothing: undefined, acts: "stage", source: `${HF}, prefix_allowed_tokens_fn` },
  constraint: { doNothing: undefined, acts: "stage", source: "Willard, Louf 2023, arXiv:2307.09702" },
  temperature: { doNothing: 1, acts: "stage", source: "Ackley, Hinton, Sejnowski 1985" },
  topK: { doNothing: 0, acts: "stage", source: "Fan, Lewis, Dauphin 2018, arXiv:1805.04833, 5.4" },
  topP: { doNothing: 1, acts: "stage", source: "Holtzman et al. 2019, arXiv:1904.09751, 3.1" },
  minP: { doNothing: 0, acts: "stage", source: "Nguyen et al. 2024, arXiv:2407.01082" },
  typicalP: { doNothing: 1, acts: "stage", source: "Meister et al. 2022, arXiv:2202.00666" },
  seed: { doNothing: undefined, acts: "draw", source: `${OPENAI}, seed` },
  stats: { doNothing: false, acts: "output", source: "this project" },
  logprobs: { doNothing: 0, acts: "output", source: `${OPENAI}, top_logprobs` },
  maxNewTokens: { doNothing: Infinity, acts: "stop", source: `${HF}, max_new_tokens` },
  stop: { doNothing: [], acts: "stop", source: `${OPENAI}, stop` },
  stopTokens: { doNothing: [], acts: "stop", source: `${HF}, eos_token_id` },
  maxTime: { doNothing: Infinity, acts: "stop", source: `${HF}, max_time (there in seconds)` },
  signal: { doNothing: undefined, acts: "stop", source: "DOM standard, AbortSignal" },
  n: { doNothing: 1, acts: "search", source: `${OPENAI}, n; ${HF}, num_return_sequences` },
  numBeams: { doNothing: 1, acts: "search", source: `${HF}, num_beams` },
  lengthPenalty: { doNothing: 0, acts: "search", source: `${HF}, length_penalty; Wu et al. 2016, arXiv:1609.08144, 7` },
  earlyStopping: { doNothing: undefined, acts: "search", source: `${HF}, early_stopping` },
  speculate: {
    doNothing: 0,
    acts: "search",
    source: `Saxena 2023, prompt lookup decoding; ${HF}, prompt_lookup_num_tokens`,
  },
  onContextFull: { doNothing: undefined, acts: "context", source: "this project" },
  keepPrefix: { doNothing: 0, acts: "context", source: "llama.cpp, n_keep; Xiao et al. 2023, arXiv:2309.17453" },
};
