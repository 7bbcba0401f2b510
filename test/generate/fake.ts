import type { Halt } from "../../worker/breathe";
import { rest } from "../../worker/breathe";
import { answer, type Question } from "../../worker/generation/answer";
import type { Context, Reader, Reading } from "../../worker/generation/context";
import { Deadline } from "../../worker/generation/deadline";
import type { Matcher } from "../../worker/generation/matcher";
import type { Written } from "../../worker/generation/writer";
import type { GenerateResult } from "../../worker/protocol";
import type { GenerateOptions } from "../../worker/sampling/generate-options";
import { resolveOptions } from "../../worker/sampling/options";
import { StreamDecoder } from "../../worker/tokenizer/stream-decoder";
import { createPlainKernels } from "../reference/sampling-kernels";

/** What a fake model answers: the logits after these ids. */
export type Model = (ids: readonly number[]) => readonly number[];

/** A text that remembers all of its ids. */
export class FakeContext implements Context {
  constructor(
    readonly contextLength: number,
    public ids: number[] = [],
  ) {}

  get length(): number {
    return this.ids.length;
  }

  truncate(length: number): void {
    this.ids.length = Math.min(this.ids.length, length);
  }
}

/** Reads by asking the model, and notes what was read. */
export class FakeReader implements Reader<FakeContext> {
  readonly passes: number[][][] = [];
  /** Copies not given back. */
  forks = 0;

  constructor(
    private readonly model: Model,
    readonly maxRows = 16,
  ) {}

  async read(readings: readonly Reading<FakeContext>[], halt?: Halt): Promise<Float32Array[][]> {
    await rest(halt);
    this.passes.push(readings.map(({ ids }) => [...ids]));
    return readings.map(({ context, ids, rows }) => {
      const all = ids.map((id) => {
        context.ids.push(id);
        if (context.ids.length > context.contextLength) throw new RangeError("read past the context");
        return Float32Array.from(this.model(context.ids));
      });
      return all.slice(-rows);
    });
  }

  fork(context: FakeContext): FakeContext {
    this.forks++;
    return new FakeContext(context.contextLength, [...context.ids]);
  }

  release(): void {
    this.forks--;
  }
}

export interface FakeRun {
  model: Model;
  vocabSize: number;
  prompt?: readonly number[];
  /** How many ids of the prompt an earlier call has read. */
  known?: number;
  contextLength?: number;
  options?: GenerateOptions;
  /** The text of each token; letters from `a` where none is given. */
  texts?: readonly (string | Uint8Array)[];
  signal?: AbortSignal;
  matcher?: Matcher;
  /** Another run's, to be gone on with. */
  reader?: FakeReader;
  /** Called at each event. */
  onWritten?(written: Written, events: readonly Written[]): void;
}

/** Runs a generation on a fake model. */
export async function run({
  model,
  vocabSize,
  prompt = [0],
  known = 0,
  contextLength = 64,
  options = {},
  texts = [],
  signal,
  matcher,
  reader = new FakeReader(model),
  onWritten = () => undefined,
}: FakeRun): Promise<{ result: GenerateResult; events: Written[]; reader: FakeReader; context: FakeContext }> {
  const bytes = (id: number): Uint8Array => {
    const text = texts[id] ?? String.fromCharCode(97 + id);
    return typeof text === "string" ? new TextEncoder().encode(text) : text;
  };
  const context = new FakeContext(contextLength, prompt.slice(0, known));
  const resolved = resolveOptions(options, { vocabSize, contextLength });
  const question: Question<FakeContext> = {
    reader,
    context,
    prompt,
    fresh: prompt.slice(known),
    options: resolved,
    matcher,
    sampling: createPlainKernels(vocabSize),
    logSumExp: (logits) => Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)),
    newDecoder: () => new StreamDecoder(bytes),
    textOf: (id) => new TextDecoder().decode(bytes(id)),
    deadline: new Deadline(resolved.maxTime, signal),
  };
  const events: Written[] = [];
  const written = answer(question);
  for (;;) {
    const step = await written.next();
    if (step.done) return { result: step.value, events, reader, context };
    events.push(step.value);
    onWritten(step.value, events);
  }
}

/** Always the same logits. */
export const always =
  (...logits: number[]): Model =>
  () =>
    logits;

/** Greedy writes these ids from position `start` on, and then the first again and again. */
export function scripted(ids: readonly number[], vocabSize: number, start = 1): Model {
  return (read) => Array.from({ length: vocabSize }, (_, id) => (ids[read.length - start] === id ? 5 : 0));
}

/** Logits that depend on the whole text, so that a wrong cache is seen. */
export function hashed(vocabSize: number): Model {
  return (ids) => {
    let hash = 7;
    for (const id of ids) hash = (Math.imul(hash, 31) + id + 1) | 0;
    return Array.from(
      { length: vocabSize },
      (_, id) => (Math.imul(hash ^ (id * 0x9e3779b1), 0x85ebca6b) >>> 20) / 1024,
    );
  };
}

/** The streamed text. */
export function shown(events: readonly Written[], index = 0): string {
  return events
    .map((event) => (event.type === "token" ? event.token : event))
    .filter((piece) => (piece.index ?? 0) === index)
    .map(({ text }) => text)
    .join("");
}
