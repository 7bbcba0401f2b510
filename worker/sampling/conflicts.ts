import { show } from "../values";
import type { ResolvedOptions } from "./option-table";

interface Conflict {
  when(options: ResolvedOptions): boolean;
  why(options: ResolvedOptions): string;
}

/** Options that mean something only with others: set without them they would be ignored, so they are refused. */
const needs = (
  name: keyof ResolvedOptions,
  nothing: unknown,
  met: (options: ResolvedOptions) => boolean,
  need: string,
): Conflict => ({
  when: (options) => options[name] !== nothing && !met(options),
  why: (options) => `${name}: found ${show(options[name])}, which needs ${need}; allowed here: ${show(nothing)}`,
});

const noBeams = (options: ResolvedOptions): boolean => options.numBeams === 1;
const beams = (options: ResolvedOptions): boolean => options.numBeams > 1;
const sampled = "sampling, and beam search (numBeams over 1) does not sample";

/** Options that can't work together. transformers warns of most of them and goes on; here an option is never ignored. */
export const CONFLICTS: readonly Conflict[] = [
  {
    when: (options) => beams(options) && options.n > options.numBeams,
    why: ({ n, numBeams }) =>
      `n: found ${n} with numBeams ${numBeams}; allowed here: a whole number from 1 to ${numBeams}`,
  },
  {
    when: (options) => noBeams(options) && options.n > 1 && options.temperature === 0,
    why: ({ n }) =>
      `n: found ${n} with temperature 0, which gives ${n} times the same; allowed here: 1, or a temperature above 0`,
  },
  {
    when: (options) => beams(options) && options.temperature !== 0 && options.temperature !== 1,
    why: ({ temperature }) => `temperature: found ${temperature}, which needs ${sampled}; allowed here: 0 or 1`,
  },
  needs("topK", 0, noBeams, sampled),
  needs("topP", 1, noBeams, sampled),
  needs("minP", 0, noBeams, sampled),
  needs("typicalP", 1, noBeams, sampled),
  needs("stats", false, noBeams, sampled),
  needs("speculate", 0, noBeams, "one sequence at a time, and beam search (numBeams over 1) follows several"),
  needs("onContextFull", "stop", noBeams, "numBeams 1: a beam search ends where the context does"),
  needs("lengthPenalty", 1, beams, "beam search: numBeams over 1"),
  needs("earlyStopping", false, beams, "beam search: numBeams over 1"),
  needs(
    "penaltyWindow",
    Infinity,
    ({ repetitionPenalty, presencePenalty, frequencyPenalty }) =>
      repetitionPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0,
    "a penalty to limit: repetitionPenalty, presencePenalty or frequencyPenalty",
  ),
  needs("keepPrefix", 0, ({ onContextFull }) => onContextFull === "slide", 'onContextFull: "slide"'),
  {
    when: ({ allowedTokens, badWords }) => {
      const single = new Set(badWords.filter((ids) => ids.length === 1).map((ids) => ids[0]));
      return allowedTokens?.every((id) => single.has(id)) ?? false;
    },
    why: ({ allowedTokens }) =>
      `allowedTokens: found ${show(allowedTokens)}, each of which badWords forbids; allow others`,
  },
];
