import { transfer } from "comlink";
import type { Abort, GenerateOptions, GenerateResult, GenerationEvent, Prompt, Token } from "../worker/protocol";
import { checkObject, checkSignal } from "./checks";
import { EventLog } from "./event-log";
import type { WorkerClient } from "./worker-client";

type RunEvent = Exclude<GenerationEvent, { type: "error" | "session" }> | { type: "failed"; error: unknown };

/**
 * One run of the model: iterate it for pieces of text as they come, await it for the whole result, or both. Leaving
 * a `for await` early ends the run. Rejects with a `TypeError` for a wrong option, with `GPTError` otherwise; not for an abort, after
 * which the result's `finishReason` is `aborted`.
 */
export class Generation implements AsyncIterable<string>, PromiseLike<GenerateResult> {
  readonly #log: EventLog<RunEvent>;
  readonly #result: Promise<GenerateResult>;
  readonly #abort: () => void;

  /** @internal generate() starts it. */
  constructor(log: EventLog<RunEvent>, abort: () => void) {
    this.#log = log;
    this.#abort = abort;
    this.#result = this.#outcome();
    this.#result.catch(() => undefined); // heard by whoever awaits or iterates
  }

  /**
   * Pieces of text, whole characters; joined they are the result's text. Of several sequences (`n`) those of the first;
   * of a beam search all at the end, when the best is known.
   */
  [Symbol.asyncIterator](): AsyncGenerator<string, void> {
    return this.#read((event) => {
      if (event.type === "done" || event.type === "failed") return undefined;
      const { text, index = 0 } = event.type === "token" ? event.token : event;
      return index === 0 && text ? text : undefined;
    });
  }

  /**
   * The same run, token by token; with `n` the tokens of all sequences, each with its `index`. Text held back as the
   * possible beginning of a stop text when the run ends is in none of them: the result's `text` has it.
   */
  tokens(): AsyncGenerator<Token, void> {
    return this.#read((event) => (event.type === "token" ? event.token : undefined));
  }

  // biome-ignore lint/suspicious/noThenProperty: a Generation is a promise of its result too
  then<A = GenerateResult, B = never>(
    onResult?: ((result: GenerateResult) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(onResult, onError);
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<GenerateResult | B> {
    return this.#result.catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<GenerateResult> {
    return this.#result.finally(onEnd);
  }

  /** What `pick` takes from the events. Leaving it ends the run at once, where the generator alone would first wait for its next event. */
  #read<T>(pick: (event: RunEvent) => T | undefined): AsyncGenerator<T, void> {
    const all = follow(this.#log, pick);
    const leaving =
      <A>(leave: (value: A) => Promise<IteratorResult<T, void>>) =>
      (value: A) => {
        this.#abort();
        return leave.call(all, value);
      };
    all.return = leaving(all.return);
    all.throw = leaving(all.throw);
    return all;
  }

  async #outcome(): Promise<GenerateResult> {
    for await (const event of this.#log.follow()) {
      if (event.type === "done") return event.result;
      if (event.type === "failed") throw event.error;
    }
    throw new Error("a generation ended without a result");
  }
}

async function* follow<T>(log: EventLog<RunEvent>, pick: (event: RunEvent) => T | undefined): AsyncGenerator<T, void> {
  for await (const event of log.follow()) {
    if (event.type === "failed") throw event.error;
    const picked = pick(event);
    if (picked) yield picked;
  }
}

/** The session that a run writes on. */
export interface SessionLink {
  id: number;
  /** Hears its whole text. */
  onIds(ids: readonly number[]): void;
}

/** A run that can't be started. */
export function failedGeneration(error: unknown): Generation {
  const log = new EventLog<RunEvent>();
  log.push({ type: "failed", error }, true);
  return new Generation(log, () => undefined);
}

/** Starts a run in the worker; its events flow over a port of their own. */
export function startGeneration(
  client: WorkerClient,
  prompt: Prompt,
  options: GenerateOptions = {},
  session?: SessionLink,
): Generation {
  const log = new EventLog<RunEvent>();
  const fail = (error: unknown) => log.push({ type: "failed", error }, true);
  try {
    checkObject(options);
    if (options.signal !== undefined) checkSignal(options.signal);
  } catch (error) {
    return failedGeneration(error);
  }
  const { signal, ...wire } = options;
  const { port1, port2 } = new MessageChannel();
  const abort = () => port1.postMessage("abort" satisfies Abort);
  const end = () => {
    signal?.removeEventListener("abort", abort);
    leave();
    port1.close();
  };
  const leave = client.onClosed((reason) => {
    fail(reason);
    signal?.removeEventListener("abort", abort);
    port1.close();
  });
  const hear = (event: GenerationEvent) => {
    if (event.type === "error") fail(client.received(event.error));
    else if (event.type === "session") session?.onIds(event.ids);
    else log.push(event, event.type === "done");
    if (event.type === "done" || event.type === "error") end();
  };
  port1.onmessage = ({ data }: MessageEvent<GenerationEvent[]>) => data.forEach(hear);
  if (signal?.aborted) abort(); // lies in the port before the call does
  signal?.addEventListener("abort", abort);
  const started = client.runtime.generate(prompt, wire, transfer(port2, [port2]), session?.id);
  client.call(started, wire).catch((error: unknown) => {
    fail(error);
    end();
  });
  return new Generation(log, abort);
}
