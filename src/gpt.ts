import type {
  Attribution,
  AttributionOptions,
  GenerateOptions,
  GPTConfig,
  Lens,
  LensOptions,
  LogitsOptions,
  ModelDescription,
  ModelInfo,
  ParameterNode,
  Prompt,
  Residual,
  Routing,
  Score,
  Statistics,
  Surprisal,
  TensorCopy,
  Trace,
  TraceOptions,
} from "../worker/protocol";
import { GPTError } from "../worker/protocol";
import { type Abortable, abortable } from "./abortable";
import { type Generation, startGeneration } from "./generation";
import { Session } from "./session";
import type { WorkerClient } from "./worker-client";

/**
 * A model in its worker, ready to work. Calls run in order. Each rejects with a `TypeError` that names a wrong argument or option; with
 * `GPTError` `no-tokenizer` for text without a tokenizer, `context-full` for a text longer than the context (`generate()` may slide
 * instead), `disposed` after `dispose()`. A `signal` gives up the call that has it.
 */
export class GPT implements Disposable {
  /** The model's configuration, whole: what the source left out is filled in. */
  readonly config: GPTConfig;
  /** What runs: number format, kernels, threads and why, bytes. */
  readonly info: ModelInfo;
  readonly #client: WorkerClient;

  /** @internal loadModel() and createModel() make it. */
  constructor(client: WorkerClient, { config, info }: ModelDescription) {
    this.#client = client;
    this.config = config;
    this.info = info;
  }

  /** Writes on from a prompt, text or token ids. See `GenerateOptions`. */
  generate(prompt: Prompt, options?: GenerateOptions): Generation {
    return startGeneration(this.#client, prompt, options);
  }

  /** A text that goes on from call to call, with a cache of its own. */
  session(): Session {
    return new Session(this.#client);
  }

  /** Text → token ids. */
  encode(text: string): Promise<Int32Array> {
    return this.#client.call(this.#client.runtime.encode(text));
  }

  /** Token ids → text; nothing for an id of the vocabulary that has no token. */
  decode(ids: readonly number[] | Int32Array): Promise<string> {
    return this.#client.call(this.#client.runtime.decode(ids));
  }

  /** The scores of every next token, a row for each position: `[T, vocabSize]`; with `last` of the last position alone: `[vocabSize]`. */
  logits(prompt: Prompt, options: LogitsOptions & Abortable = {}): Promise<Float32Array> {
    return abortable(this.#client, options, (rest, port) => this.#client.runtime.logits(prompt, rest, port));
  }

  /** How probable a text is: the log-probability of each token after the first, in nats. */
  score(text: Prompt, options: Abortable = {}): Promise<Score> {
    return abortable(this.#client, options, (rest, port) => this.#client.runtime.score(text, rest, port));
  }

  /** What the model computes on the way: named activations of every position (docs/hooks.md), as values or statistics. */
  trace(prompt: Prompt, options: TraceOptions & Abortable & { stats?: false }): Promise<Trace<TensorCopy>>;
  trace(prompt: Prompt, options: TraceOptions & Abortable & { stats: true }): Promise<Trace<Statistics>>;
  trace(prompt: Prompt, options: TraceOptions & Abortable): Promise<Trace>;
  trace(prompt: Prompt, options: TraceOptions & Abortable): Promise<Trace> {
    return abortable(this.#client, options, (rest, port) => this.#client.runtime.trace(prompt, rest, port));
  }

  /** What the model would write if it ended after each block: the logit lens, at every position. */
  lens(prompt: Prompt, options: LensOptions & Abortable = {}): Promise<Lens> {
    return abortable(this.#client, options, (rest, port) => this.#client.runtime.lens(prompt, rest, port));
  }

  /** A logit as the sum of what the embeddings, each head and each feed-forward wrote into the residual stream. */
  attribution(prompt: Prompt, options: AttributionOptions & Abortable = {}): Promise<Attribution> {
    return abortable(this.#client, options, (rest, port) => this.#client.runtime.attribution(prompt, rest, port));
  }

  /** Norms of the residual stream at every position, and each part's share of it. */
  residual(prompt: Prompt, options: Abortable = {}): Promise<Residual> {
    return abortable(this.#client, options, (rest, port) => this.#client.runtime.residual(prompt, rest, port));
  }

  /** Which experts each position was given to, and how evenly. */
  routing(prompt: Prompt, options: Abortable = {}): Promise<Routing> {
    return abortable(this.#client, options, (rest, port) => this.#client.runtime.routing(prompt, rest, port));
  }

  /** How each token of a text surprises the model: −ln p in nats, its rank, and the surprise that was to be expected. */
  surprisal(prompt: Prompt, options: Abortable = {}): Promise<Surprisal> {
    return abortable(this.#client, options, (rest, port) => this.#client.runtime.surprisal(prompt, rest, port));
  }

  /** Module → tensor → shape, count, bytes; a shared tensor counts once. */
  parameters(): Promise<ParameterNode> {
    return this.#client.call(this.#client.runtime.parameters());
  }

  /** Ends the worker and gives its memory back; pending calls reject with `GPTError` `disposed`. */
  dispose(): void {
    this.#client.end(new GPTError("disposed", "The model was disposed. Load it again."));
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
