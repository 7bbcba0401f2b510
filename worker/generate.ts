import { breathe } from "./breathe";
import type { FinishReason, Token, TopToken, Usage } from "./protocol";
import type { ResolvedOptions } from "./sampling/options";
import type { Draw, Sampler } from "./sampling/sampler";
import { StopTexts } from "./stop-texts";

/** What the loop needs of a model's text; a fake one tests it. */
export interface Context {
  readonly length: number;
  readonly contextLength: number;
  /** Reads ids → the logits after the last of them [vocabSize]. */
  extend(ids: readonly number[], signal?: AbortSignal): Promise<Float32Array>;
  /** Forgets the positions from `length` on. */
  truncate(length: number): void;
}

/**
 * What the model goes on reading when the context is full: the first `keepPrefix` ids and the latest half of the
 * rest, at positions from 0 again.
 */
export function slideWindow(ids: readonly number[], keepPrefix: number, contextLength: number): number[] {
  const recent = Math.max(1, Math.floor((contextLength - keepPrefix) / 2));
  return [...ids.slice(0, keepPrefix), ...ids.slice(-recent)];
}

/** Ids to text, whole characters only. */
export interface TextDecoder {
  push(id: number): string;
  flush(): string;
}

export interface LoopParts {
  context: Context;
  sampler: Sampler;
  decoder: TextDecoder;
  /** The text of one token by itself, for the alternatives. */
  textOf(id: number): string;
  signal?: AbortSignal;
}

/** How a generation ended. */
export interface Finish {
  finishReason: FinishReason;
  ids: number[];
  text: string;
  /** Text that was held back when the end came, and is in no token. */
  rest: string;
  /** Sum of the log-probabilities, in nats. */
  logprob: number;
  usage: Usage;
}

/**
 * THE LOOP (section 4.7): read the prompt, then sample, emit, read, again and again.
 *
 * `history` is the whole prompt; `fresh` the part of it that the context has not read yet. It speaks ids and gives
 * way to the event loop after every token, so that an abort is heard.
 */
export async function* generate(
  history: readonly number[],
  fresh: readonly number[],
  options: ResolvedOptions,
  { context, sampler, decoder, textOf, signal }: LoopParts,
): AsyncGenerator<Token, Finish> {
  const started = performance.now();
  const stops = new StopTexts(options.stop);
  const stopTokens = new Set(options.stopTokens);
  const all = [...history];
  const ids: number[] = [];
  let text = "";
  let logprob = 0;
  let firstTokenMs = 0;
  let prefillMs = 0;

  const finish = (finishReason: FinishReason, held: string): Finish => {
    const now = performance.now() - started;
    const decodeMs = now - firstTokenMs;
    const rest = finishReason === "stop-text" ? "" : held;
    return {
      finishReason,
      ids,
      text: text + rest,
      rest,
      logprob,
      usage: {
        promptTokens: history.length,
        newTokens: ids.length,
        timeToFirstTokenMs: firstTokenMs,
        prefillTokensPerSecond: rate(fresh.length, prefillMs),
        decodeTokensPerSecond: rate(ids.length - 1, decodeMs),
      },
    };
  };
  const ended = (): FinishReason | undefined => {
    if (ids.length >= options.maxNewTokens) return "length";
    if (performance.now() - started >= options.maxTime) return "time";
    return isFull() && options.onContextFull === "stop" ? "context-full" : undefined;
  };
  const isFull = () => context.length >= context.contextLength;
  const read = (id: number): Promise<Float32Array> => {
    if (!isFull()) return context.extend([id], signal);
    const { keepPrefix } = options;
    context.truncate(keepPrefix);
    return context.extend(slideWindow(all, keepPrefix, context.contextLength).slice(context.length), signal);
  };

  if (options.maxNewTokens === 0) return finish("length", "");
  try {
    let logits = await context.extend(fresh, signal); // [vocabSize]
    prefillMs = performance.now() - started;
    for (;;) {
      const draw = sampler.sample(logits, { ids: all, promptLength: history.length });
      firstTokenMs ||= performance.now() - started;
      if (stopTokens.has(draw.id)) return finish("stop-token", stops.flush() + decoder.flush());
      all.push(draw.id);
      ids.push(draw.id);
      logprob += draw.logprob;

      let piece = stops.push(decoder.push(draw.id));
      let reason = stops.found ? "stop-text" : ended();
      if (reason && !stops.found) {
        piece += stops.push(decoder.flush());
        if (stops.found) reason = "stop-text";
        else piece += stops.flush();
      }
      text += piece;
      yield tokenOf(draw, piece, options, textOf);
      if (reason) return finish(reason, "");

      await breathe();
      if (signal?.aborted) break;
      logits = await read(draw.id); // [vocabSize]
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  return finish("aborted", stops.push(decoder.flush()) + stops.flush());
}

function tokenOf(draw: Draw, text: string, options: ResolvedOptions, textOf: (id: number) => string): Token {
  const token: Token = { id: draw.id, text };
  if (options.logprobs > 0) {
    token.logprob = draw.logprob;
    token.top = draw.top?.map((top): TopToken => ({ ...top, text: textOf(top.id) })) ?? [];
  }
  return token;
}

function rate(count: number, ms: number): number {
  return count > 0 && ms > 0 ? (1000 * count) / ms : 0;
}
