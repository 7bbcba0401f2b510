import { rest } from "../breathe";
import type { FinishReason, Token, TopToken } from "../protocol";
import type { ResolvedOptions } from "../sampling/options";
import type { Sampler } from "../sampling/sampler";
import { BestContinuations, type Continuation } from "./best-continuations";
import type { Clock } from "./clock";
import type { Context, Reader } from "./context";
import { type Deadline, isEndReason } from "./deadline";
import { Hypotheses, type Hypothesis } from "./hypotheses";
import type { Matcher } from "./matcher";
import type { WrittenText } from "./written-text";

export interface Search<C extends Context> {
  reader: Reader<C>;
  context: C;
  prompt: readonly number[];
  /** The ids of the prompt that the context has not read yet. */
  fresh: readonly number[];
  options: ResolvedOptions;
  sampler: Pick<Sampler, "process">;
  matcher?: Matcher | undefined;
  logSumExp(logits: Float32Array): number;
  textOf(id: number): string;
  newText(): WrittenText;
  deadline: Deadline;
  clock: Clock;
}

/** A sequence on its way. */
interface Beam {
  tokens: readonly Token[];
  /** Of the scores. */
  sum: number;
  logprob: number;
  matcher: Matcher | undefined;
}

/** What a beam can become. */
interface Child extends Beam {
  parent: number;
  reason: FinishReason | undefined;
}

/** What follows beams: the best continuations of all, and the best tokens of each. */
interface Ranking {
  best: readonly Continuation[];
  tops: (readonly TopToken[])[];
}

/**
 * Beam search as transformers does it (`_beam_search`) → the best sequences that ended, best first.
 *
 * Of the max(2, 1 + stop tokens) · numBeams best continuations of a step only the first numBeams can end a sequence;
 * the best of those that do not end run on. Processors work on log-probabilities, which are not normalised again.
 */
export async function beamSearch<C extends Context>(search: Search<C>): Promise<readonly Hypothesis[]> {
  const { reader, context, options, deadline, clock } = search;
  const { numBeams } = options;
  const limit = limitOf(search);
  const ended = new Hypotheses(options, limit.length);
  const forks = new Set<C>();
  let beams: Beam[] = [{ tokens: [], sum: 0, logprob: 0, matcher: search.matcher }];
  let contexts: C[] = [context];
  try {
    for (let length = 1; ; length++) {
      await rest(deadline);
      const ranking = await rank(search, beams, contexts);
      if (length === 1) clock.firstDrawn(1);
      const children = ranking.best.map((best) => childOf(search, beams, ranking, best));
      for (const child of children) {
        if (length === limit.length) child.reason ??= limit.reason;
      }
      for (const { reason, sum, logprob, tokens } of children.slice(0, numBeams)) {
        if (reason) ended.add(sum, length, { tokens, logprob, finishReason: reason });
      }
      const running = children.filter(({ reason }) => !reason).slice(0, numBeams);
      if (!running[0] || ended.enough(running[0].sum, length)) break;
      contexts = inherit(reader, contexts, running, forks);
      beams = running;
    }
  } catch (error) {
    if (!isEndReason(error)) throw error;
    const copies = beams[0]?.tokens.length === 0 ? options.n : 1; // nothing is written: n times
    for (const { sum, logprob, tokens } of beams) {
      const left = { tokens, logprob, finishReason: error };
      for (let i = 0; i < copies; i++) ended.add(sum, Math.max(1, tokens.length), left);
    }
  } finally {
    for (const fork of forks) reader.release(fork);
  }
  return ended.list().slice(0, options.n);
}

/** The most new tokens, and what ended a sequence that has them. */
function limitOf({ options, context, prompt }: Search<Context>): { length: number; reason: FinishReason } {
  const room = context.contextLength - prompt.length + 1;
  if (options.maxNewTokens <= room) return { length: options.maxNewTokens, reason: "length" };
  return { length: room, reason: "context-full" };
}

/** Reads the beams' last tokens and scores everything that can follow. */
async function rank<C extends Context>(
  search: Search<C>,
  beams: readonly Beam[],
  contexts: readonly C[],
): Promise<Ranking> {
  const { reader, prompt, fresh, options, sampler, deadline, clock } = search;
  const best = new BestContinuations(Math.max(2, 1 + options.stopTokens.length) * options.numBeams);
  const tops: (readonly TopToken[])[] = [];
  const readings = contexts.map((context, i) => {
    const last = beams[i]?.tokens.at(-1);
    return { context, ids: last ? [last.id] : fresh, rows: 1 };
  });
  for (let begin = 0; begin < beams.length; begin += reader.maxRows) {
    const rows = await reader.read(readings.slice(begin, begin + reader.maxRows), deadline); // [beams][1][vocabSize]
    if (beams[0]?.tokens.length === 0) clock.promptRead();
    for (const [i, [logits]] of rows.entries()) {
      const beam = beams[begin + i];
      if (!beam || !logits) continue;
      const logSum = search.logSumExp(logits);
      const logprobs = logits.map((logit) => logit - logSum);
      const ids = [...prompt, ...beam.tokens.map(({ id }) => id)];
      const scores = sampler.process(logprobs, { ids, promptLength: prompt.length }, beam.matcher?.mask);
      best.add(begin + i, beam.sum, scores, logprobs);
      tops.push(topOf(search, logprobs));
    }
  }
  return { best: best.list(), tops };
}

function topOf({ options, textOf }: Search<Context>, logprobs: Float32Array): TopToken[] {
  if (options.logprobs === 0) return [];
  const top = new BestContinuations(options.logprobs);
  top.add(0, 0, logprobs);
  return top.list().map(({ id, logprob }) => ({ id, logprob, text: textOf(id) }));
}

function childOf<C extends Context>(
  search: Search<C>,
  beams: readonly Beam[],
  { tops }: Ranking,
  { beam: parent, id, score, logprob }: Continuation,
): Child {
  const { options, newText } = search;
  const beam = beams[parent];
  const before = beam?.tokens ?? [];
  const grown = { parent, sum: score, logprob: (beam?.logprob ?? 0) + logprob };
  if (options.stopTokens.includes(id)) return { ...grown, tokens: before, matcher: undefined, reason: "stop-token" };
  const token = { id, text: "", ...(options.logprobs > 0 && { logprob, top: [...(tops[parent] ?? [])] }) };
  const tokens = [...before, token];
  const matcher = beam?.matcher?.after(id);
  const reason = matcher?.finished ? "stop-token" : undefined;
  const stopped = options.stop.length > 0 && holdsStop(tokens, newText());
  return { ...grown, tokens, matcher, reason: stopped ? "stop-text" : reason };
}

function holdsStop(tokens: readonly Token[], written: WrittenText): boolean {
  for (const { id } of tokens) written.push(id);
  return written.stopped;
}

/** A beam's first child goes on in its context, the others in copies; contexts without children are given back. */
function inherit<C extends Context>(
  reader: Reader<C>,
  contexts: readonly C[],
  running: readonly Child[],
  forks: Set<C>,
): C[] {
  const parents = new Set(running.map(({ parent }) => parent));
  for (const [i, context] of contexts.entries()) {
    if (!parents.has(i) && forks.delete(context)) reader.release(context);
  }
  return running.map(({ parent }) => {
    const context = contexts[parent] as C;
    if (parents.delete(parent)) return context;
    const fork = reader.fork(context);
    forks.add(fork);
    return fork;
  });
}
