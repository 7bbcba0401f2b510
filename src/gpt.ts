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
import { type Generation, startGeneration } from "./generation";
import { Session } from "./session";
import type { WorkerClient } from "./worker-client";

/** A model in its worker, ready to work. Calls queue up in order; each rejects once the model is disposed. */
export class GPT implements Disposable {
  readonly config: GPTConfig;
  /** What runs: number format, kernels, threads and why, bytes. */
  readonly info: ModelInfo;
  readonly #client: WorkerClient;

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

  /** Token ids → text. */
  decode(ids: readonly number[] | Int32Array): Promise<string> {
    return this.#client.call(this.#client.runtime.decode(ids));
  }

  /** The scores of every next token: `[T, vocabSize]`, or `[vocabSize]` of the last position. */
  logits(ids: readonly number[] | Int32Array, options: LogitsOptions = {}): Promise<Float32Array> {
    return this.#client.call(this.#client.runtime.logits(ids, options));
  }

  /** How probable a text is: the log-probability of each token after the first, in nats. */
  score(text: Prompt): Promise<Score> {
    return this.#client.call(this.#client.runtime.score(text));
  }

  /** What the model computes on the way: named activations of every position (docs/hooks.md), as values or statistics. */
  trace(prompt: Prompt, options: TraceOptions & { stats?: false }): Promise<Trace<TensorCopy>>;
  trace(prompt: Prompt, options: TraceOptions & { stats: true }): Promise<Trace<Statistics>>;
  trace(prompt: Prompt, options: TraceOptions): Promise<Trace>;
  trace(prompt: Prompt, options: TraceOptions): Promise<Trace> {
    return this.#client.call(this.#client.runtime.trace(prompt, options));
  }

  /** What the model would write if it ended after each block: the logit lens, at every position. */
  lens(prompt: Prompt, options: LensOptions = {}): Promise<Lens> {
    return this.#client.call(this.#client.runtime.lens(prompt, options));
  }

  /** A logit as the sum of what the embeddings, each head and each feed-forward wrote into the residual stream. */
  attribution(prompt: Prompt, options: AttributionOptions = {}): Promise<Attribution> {
    return this.#client.call(this.#client.runtime.attribution(prompt, options));
  }

  /** Norms of the residual stream at every position, and each part's share of it. */
  residual(prompt: Prompt): Promise<Residual> {
    return this.#client.call(this.#client.runtime.residual(prompt));
  }

  /** Which experts each position was given to, and how evenly. */
  routing(prompt: Prompt): Promise<Routing> {
    return this.#client.call(this.#client.runtime.routing(prompt));
  }

  /** How each token of a text surprises the model: −ln p in nats, its rank, and the surprise that was to be expected. */
  surprisal(prompt: Prompt): Promise<Surprisal> {
    return this.#client.call(this.#client.runtime.surprisal(prompt));
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
