import { pause, rest } from "./breathe";
import { Clock } from "./generation/clock";
import type { Context, Reader } from "./generation/context";
import { type Deadline, isEndReason } from "./generation/deadline";
import type { Writer, Written } from "./generation/writer";
import type { Usage } from "./protocol";

/** A prompt, and who goes on from it. */
export interface Job<C extends Context> {
  reader: Reader<C>;
  /** What is known of the prompt. */
  context: C;
  promptTokens: number;
  /** The ids of the prompt that the context has not read yet. */
  fresh: readonly number[];
  /** One for each sequence; all are in `context`. */
  writers: readonly Writer<C>[];
  /** The most rows of logits that one writer asks for. */
  rowsEach: number;
  deadline: Deadline;
}

/**
 * THE LOOP (section 4.7): read the prompt, then sample, emit, read, again and again. Several sequences share the
 * prompt and then each pass.
 *
 * It speaks ids and gives way to the event loop now and then, so that an abort is heard and the page sees what was written.
 */
export async function* generate<C extends Context>(job: Job<C>): AsyncGenerator<Written, Usage> {
  const { reader, context, fresh, writers, deadline } = job;
  const clock = new Clock();
  const forks: C[] = [];
  try {
    await pause(deadline);
    const [prompt = []] = await reader.read([{ context, ids: fresh, rows: 1 }], deadline); // [1][vocabSize]
    clock.promptRead();
    for (const writer of writers) {
      yield* writer.take(prompt);
      clock.firstDrawn(tokensOf(writers));
      await rest(deadline);
    }

    await pause(deadline); // which shows the first token
    let live = writers.filter(isLive);
    for (let copies = live.length - 1; copies > 0; copies--) forks.push(reader.fork(context));
    for (const [i, writer] of live.entries()) writer.moveTo(forks[i - 1] ?? context);
    while (live.length > 0) {
      for (const batch of batches(live, Math.floor(reader.maxRows / job.rowsEach))) {
        const readings = batch.map((writer) => writer.next());
        const logits = await reader.read(readings, deadline); // [batch][rows][vocabSize]
        for (const [i, writer] of batch.entries()) {
          yield* writer.take(logits[i] ?? []);
          await rest(deadline);
        }
      }
      live = live.filter(isLive);
    }
  } catch (error) {
    if (!isEndReason(error)) throw error;
    for (const writer of writers.filter(isLive)) yield* writer.end(error);
  } finally {
    for (const fork of forks) reader.release(fork);
  }
  return clock.usage(job.promptTokens, fresh.length, tokensOf(writers));
}

/** How many tokens some sequences are, taken together. */
export const tokensOf = (writers: readonly { ids: readonly number[] }[]): number =>
  writers.reduce((sum, { ids }) => sum + ids.length, 0);

const isLive = ({ finishReason }: { finishReason: unknown }): boolean => finishReason === undefined;

function batches<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
}
