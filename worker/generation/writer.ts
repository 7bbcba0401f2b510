import type { FinishReason, GenerationEvent, Sequence, Token, TopToken } from "../protocol";
import type { ResolvedOptions } from "../sampling/options";
import type { Draw, Sampler } from "../sampling/sampler";
import type { Context, Reading } from "./context";
import type { EndReason } from "./deadline";
import { lookUp } from "./lookup";
import type { Matcher } from "./matcher";
import { slideWindow } from "./slide";
import type { WrittenText } from "./written-text";

/** What a generation shows while it runs. */
export type Written = Extract<GenerationEvent, { type: "token" | "text" }>;

export interface WriterParts<C extends Context> {
  context: C;
  /** The whole prompt. */
  prompt: readonly number[];
  options: ResolvedOptions;
  sampler: Sampler;
  written: WrittenText;
  matcher?: Matcher | undefined;
  /** The text of one token by itself, for the alternatives. */
  textOf(id: number): string;
  deadline: { readonly reason: EndReason | undefined };
  /** Which of several sequences this is. */
  index: number;
}

/** Writes one sequence: says what the model is to read next, and makes tokens of the logits. */
export class Writer<C extends Context> {
  readonly ids: number[] = [];
  finishReason: FinishReason | undefined;
  private logprob = 0;
  private readonly all: number[];
  private proposed: readonly number[] = [];
  private context: C;
  private matcher: Matcher | undefined;
  private readonly stopTokens: ReadonlySet<number>;

  constructor(private readonly parts: WriterParts<C>) {
    this.all = [...parts.prompt];
    this.context = parts.context;
    this.matcher = parts.matcher;
    this.stopTokens = new Set(parts.options.stopTokens);
  }

  /** Goes on in a copy of its context. */
  moveTo(context: C): void {
    this.context = context;
  }

  /** The last token, and behind it what may follow (`speculate`); when the context is full, what it slides to. */
  next(): Reading<C> {
    const { context, all } = this;
    const { keepPrefix, speculate, maxNewTokens } = this.parts.options;
    if (context.length >= context.contextLength) {
      context.truncate(keepPrefix);
      this.proposed = [];
      return { context, ids: slideWindow(all, keepPrefix, context.contextLength).slice(context.length), rows: 1 };
    }
    const room = Math.min(context.contextLength - context.length, maxNewTokens - this.ids.length) - 1;
    this.proposed = lookUp(all, Math.min(speculate, room));
    return { context, ids: [...all.slice(-1), ...this.proposed], rows: 1 + this.proposed.length };
  }

  /**
   * Draws from each row in turn, as long as the draw is what was proposed there: so the tokens are those that would have
   * been drawn one by one. The context forgets the proposals that were not drawn.
   */
  *take(rows: readonly Float32Array[]): Generator<Written, void> {
    const first = this.context.length - rows.length + 1; // positions read, the first row's included
    for (const [row, logits] of rows.entries()) {
      yield* this.write(logits, first + row);
      if (!this.finishReason && this.proposed[row] === this.all.at(-1)) continue;
      this.context.truncate(first + row);
      return;
    }
  }

  /** Ends it where it is; half a character then becomes U+FFFD, which may be a stop text. */
  *end(reason: FinishReason): Generator<Written, void> {
    const { written } = this.parts;
    const text = written.end();
    this.finishReason = written.stopped ? "stop-text" : reason;
    if (text) yield { type: "text", text, ...this.indexed };
  }

  result(): Sequence {
    const { written, index } = this.parts;
    return {
      index,
      text: written.text,
      ids: this.ids,
      finishReason: this.finishReason ?? "aborted",
      logprob: this.logprob,
    };
  }

  /** One token; `length` positions have been read. */
  private *write(logits: Float32Array, length: number): Generator<Written, void> {
    const { sampler, written, prompt } = this.parts;
    const draw = sampler.sample(logits, { ids: this.all, promptLength: prompt.length }, this.matcher?.mask);
    this.logprob += draw.logprob ?? 0;
    if (this.stopTokens.has(draw.id)) return yield* this.end("stop-token");
    this.all.push(draw.id);
    this.ids.push(draw.id);
    this.matcher = this.matcher?.after(draw.id);
    let piece = written.push(draw.id);
    const reason = this.reasonToEnd(length);
    if (reason) piece += written.end();
    this.finishReason = written.stopped ? "stop-text" : reason;
    yield { type: "token", token: this.tokenOf(draw, piece) };
  }

  private reasonToEnd(length: number): FinishReason | undefined {
    const { options, deadline } = this.parts;
    if (this.matcher?.finished) return "stop-token";
    if (this.ids.length >= options.maxNewTokens) return "length";
    if (deadline.reason) return deadline.reason;
    return length >= this.context.contextLength && options.onContextFull === "stop" ? "context-full" : undefined;
  }

  private tokenOf(draw: Draw, text: string): Token {
    const { textOf } = this.parts;
    const { id, logprob, top, stages } = draw;
    const alternatives = top?.map((one): TopToken => ({ ...one, text: textOf(one.id) }));
    return {
      id,
      text,
      ...this.indexed,
      ...(alternatives && logprob !== undefined && { logprob, top: alternatives }),
      ...(stages && { stages }),
    };
  }

  /** Where there are several sequences, which. */
  private get indexed(): { index?: number } {
    const { index, options } = this.parts;
    return options.n > 1 ? { index } : {};
  }
}
