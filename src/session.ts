import { type GenerateOptions, GPTError, type Prompt } from "../worker/protocol";
import { failedGeneration, type Generation, startGeneration } from "./generation";
import type { WorkerClient } from "./worker-client";

let last = 0;

/**
 * A text that goes on from call to call: each prompt is added to it, and so is what is written. The model reads only
 * what is new. A session has a key-value cache of its own; `dispose()` gives it back.
 */
export class Session implements Disposable {
  readonly #client: WorkerClient;
  readonly #id = ++last;
  #ids: readonly number[] = [];
  #ended = false;
  /** Calls so far, and the latest of them whose text is known: texts come on ports of their own, in no order with the answers of calls. */
  #calls = 0;
  #known = 0;

  /** @internal session() opens it. */
  constructor(client: WorkerClient) {
    this.#client = client;
  }

  /** The whole text, prompts and what was written, as of the last call that is done. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** How many ids the text has. */
  get length(): number {
    return this.#ids.length;
  }

  /**
   * Adds the prompt to the text and writes on; an empty prompt just goes on. Of several sequences the first is added to the text, of beams
   * the best, with the tokens drawn of a stop text but without a stop token. A run that is aborted before it wrote
   * anything leaves the text as it was; one whose time is over keeps its prompt, so that an empty one can go on from there.
   */
  generate(prompt: Prompt, options?: GenerateOptions): Generation {
    if (this.#ended) return failedGeneration(ended());
    return startGeneration(this.#client, prompt, options, { id: this.#id, onIds: this.#keeper() });
  }

  /** Another session that begins as a copy of this one. */
  async fork(): Promise<Session> {
    const copy = new Session(this.#client);
    const keep = copy.#keeper();
    keep(await this.#call((id) => this.#client.runtime.forkSession(id, copy.#id)));
    return copy;
  }

  /** Takes back the last `count` ids. Rejects with a `TypeError` where there are fewer. */
  async rewind(count: number): Promise<void> {
    const keep = this.#keeper();
    keep(await this.#call((id) => this.#client.runtime.rewindSession(id, count)));
  }

  /** The text and what the model has read of it, as bytes to be kept. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const keep = this.#keeper();
    const { ids, bytes } = await this.#call((id) => this.#client.runtime.saveSession(id));
    keep(ids);
    return bytes;
  }

  /**
   * Becomes the session that was saved, which must be of the same weights and have the same `cacheFormat`; where other kernels made its
   * cache, or a processor that rounds otherwise, the text is read again. Rejects with `GPTError` otherwise, and stays as it was.
   */
  async restore(bytes: Uint8Array): Promise<void> {
    const keep = this.#keeper();
    keep(await this.#call((id) => this.#client.runtime.restoreSession(id, bytes)));
  }

  /** Ends it after the calls that are under way, and gives its cache to the next session. */
  dispose(): void {
    if (this.#ended) return;
    this.#call((id) => this.#client.runtime.endSession(id)).catch(() => undefined);
    this.#ended = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Keeps the text of a call that is made now, unless a later one's is known by then. */
  #keeper(): (ids: readonly number[]) => void {
    const call = ++this.#calls;
    return (ids) => {
      if (call < this.#known) return;
      this.#known = call;
      this.#ids = ids;
    };
  }

  async #call<T>(body: (id: number) => Promise<T>): Promise<T> {
    if (this.#ended) throw ended();
    return this.#client.call(body(this.#id));
  }
}

function ended(): GPTError {
  return new GPTError("disposed", "The session was disposed. Open another with gpt.session().");
}
