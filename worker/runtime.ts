import { transfer } from "comlink";
import { assemble, type Machine } from "./assemble";
import { openFile } from "./checkpoint/fetch";
import { openCheckpoint } from "./checkpoint/load";
import { readTokenizer } from "./checkpoint/texts";
import { checkCreateOptions, checkLoadOptions } from "./engine-options";
import { GPTError, wireError } from "./errors";
import { type Finish, generate, slideWindow } from "./generate";
import { initialise } from "./initialise";
import { prepareAttribution } from "./inspect/attribution";
import type { Bench } from "./inspect/bench";
import { intervened } from "./inspect/intervene";
import { resolveInterventions } from "./inspect/interventions";
import { prepareLens } from "./inspect/lens";
import { residual } from "./inspect/residual";
import { routing } from "./inspect/routing";
import { surprisal } from "./inspect/surprisal";
import { buffersOf, prepareTrace } from "./inspect/trace";
import { type Look, resolveLook, WatchedContext, watched } from "./inspect/watched-context";
import { completeConfig, type GPTConfigInput } from "./model/config";
import { parameterShapes, parameters } from "./model/parameters";
import { parameterTree } from "./parameter-tree";
import type * as Protocol from "./protocol";
import { Queue } from "./queue";
import type { SamplingKernels } from "./sampling/kernels";
import { type ResolvedOptions, resolveOptions } from "./sampling/options";
import { createSampler } from "./sampling/sampler";
import { createWasmKernels } from "./sampling/wasm-kernels";
import { score } from "./score";
import { Sequence } from "./sequence";
import { StreamDecoder } from "./tokenizer/stream-decoder";
import { createTokenizer, type Tokenizer, type TokenizerFiles } from "./tokenizer/tokenizer";
import { warmUp } from "./warm-up";

/** A model ready to work. */
interface Loaded {
  machine: Machine;
  tokenizer: Tokenizer | undefined;
  backend: Protocol.ModelInfo["tokenizer"];
  stopTokens: readonly number[];
  /** What an empty text begins with. */
  startToken: number | undefined;
  sampling: SamplingKernels;
  /** What plain calls have read; the next one goes on from what they share. */
  main: Sequence;
}

type Post = (event: Protocol.GenerationEvent, buffers?: Transferable[]) => void;
type RunArguments = [ids: readonly number[], options: ResolvedOptions, signal: AbortSignal, post: Post];

/** What the worker exposes: conducts checkpoint, tokenizer, model, loop and sampling. One model a worker. */
export class WorkerRuntime implements Protocol.Runtime {
  private loaded: Loaded | undefined;
  private readonly queue = new Queue();

  async load(
    source: Protocol.ModelSource,
    options: Protocol.LoadOptions,
    start: Protocol.StartOptions,
  ): Promise<Protocol.ModelDescription> {
    checkLoadOptions(options);
    const onProgress = (progress: Protocol.Progress) => start.progress.postMessage(progress);
    const checkpoint = await openCheckpoint(source, {
      ...options,
      base: start.base,
      parameters: parameterShapes,
      onProgress,
    });
    const { config, zeros, eosTokenId, bosTokenId } = checkpoint.plan;
    const tokenizer = openTokenizer(checkpoint.tokenizer, options.tokenizer);
    tokenizer.catch(() => undefined); // awaited below
    const machine = await assemble(config, options, start.wasmUrl);
    for (const name of zeros)
      machine.writer.generate(name, (pointer, _, count) => machine.arena.f32(pointer, count).fill(0));
    const warm = warmUp(machine); // while the weights arrive
    await checkpoint.read((tensor, firstRow, rows) => machine.writer.receive(tensor, firstRow, rows));
    await warm;
    const special = { stopTokens: eosTokenId === undefined ? [] : [eosTokenId], startToken: bosTokenId };
    return this.start(machine, await tokenizer, options.tokenizer, special);
  }

  async create(
    input: GPTConfigInput,
    options: Protocol.CreateOptions,
    start: Protocol.StartOptions,
  ): Promise<Protocol.ModelDescription> {
    checkCreateOptions(options);
    const config = completeConfig(input);
    const files = await readTokenizer({ tokenizer: options.tokenizerFiles }, (file) => openFile(file, start));
    const tokenizer = await openTokenizer(files, options.tokenizer);
    const machine = await assemble(config, options, start.wasmUrl);
    await initialise(machine, options.seed, options.initStd ?? 0.02);
    await warmUp(machine);
    return this.start(machine, tokenizer, options.tokenizer, { stopTokens: [], startToken: undefined });
  }

  async generate(prompt: Protocol.Prompt, options: Protocol.WireGenerateOptions, port: MessagePort): Promise<void> {
    const abort = new AbortController();
    port.onmessage = () => abort.abort();
    const post: Post = (event, buffers = []) => port.postMessage(event, buffers);
    try {
      const { machine, tokenizer, stopTokens } = this.model;
      const { vocabSize, contextLength } = machine.config;
      const encode = tokenizer && ((text: string) => tokenizer.encode(text));
      const { trace, interventions, ...plain } = options;
      const resolved = resolveOptions(plain, { vocabSize, contextLength, stopTokens, ...(encode && { encode }) });
      const ids = this.promptIds(prompt, resolved);
      const look = resolveLook({ trace, interventions }, resolved, machine);
      const result = await this.queue.run(() => this.look(look, ids, resolved, abort.signal, post));
      post({ type: "done", result });
    } catch (error) {
      post({ type: "error", error: wireError(error) });
    }
  }

  async encode(text: string): Promise<Int32Array> {
    return this.tokenizer.encode(text);
  }

  async decode(ids: readonly number[] | Int32Array): Promise<string> {
    return this.tokenizer.decode(ids);
  }

  async logits(
    prompt: readonly number[] | Int32Array,
    { last = false, interventions }: Protocol.LogitsOptions,
  ): Promise<Float32Array> {
    const { main, machine } = this.model;
    const { vocabSize } = machine.config;
    const edits = resolveInterventions(interventions, machine.config);
    const ids = this.checkedIds(prompt);
    return this.queue.run(() =>
      intervened(main, machine.arena, edits, ids, async (watch) => {
        if (last) return (await main.extend(ids.slice(main.keepCommon(ids)), undefined, watch)).slice();
        main.truncate(0);
        const all = new Float32Array(ids.length * vocabSize);
        await main.extendAll(ids, (row, logits) => all.set(logits, row * vocabSize), undefined, watch);
        return all;
      }),
    );
  }

  async score(text: Protocol.Prompt): Promise<Protocol.Score> {
    const ids = this.checkedIds(text);
    return this.queue.run(() => {
      const { main, machine } = this.model;
      main.truncate(0);
      return score(main, ids, (logits) => machine.engine.kernels.log_sum_exp(logits.byteOffset, logits.length));
    });
  }

  async trace(prompt: Protocol.Prompt, options: Protocol.TraceOptions): Promise<Protocol.Trace> {
    const found = await this.inspect(prompt, prepareTrace(options, this.model.machine));
    return transfer(found, [...buffersOf(found.activations), found.logits.buffer as ArrayBuffer]);
  }

  async lens(prompt: Protocol.Prompt, options: Protocol.LensOptions): Promise<Protocol.Lens> {
    return this.inspect(prompt, prepareLens(options, this.model.machine));
  }

  async attribution(prompt: Protocol.Prompt, options: Protocol.AttributionOptions): Promise<Protocol.Attribution> {
    return this.inspect(prompt, prepareAttribution(options, this.model.machine));
  }

  async residual(prompt: Protocol.Prompt): Promise<Protocol.Residual> {
    return this.inspect(prompt, residual);
  }

  async routing(prompt: Protocol.Prompt): Promise<Protocol.Routing> {
    return this.inspect(prompt, routing);
  }

  async surprisal(prompt: Protocol.Prompt): Promise<Protocol.Surprisal> {
    return this.inspect(prompt, surprisal);
  }

  async parameters(): Promise<Protocol.ParameterNode> {
    return parameterTree(this.model.machine.weights);
  }

  async info(): Promise<Protocol.ModelInfo> {
    return info(this.model);
  }

  private get model(): Loaded {
    if (!this.loaded) throw new GPTError("disposed", "No model is loaded in this worker.");
    return this.loaded;
  }

  private inspect<T>(prompt: Protocol.Prompt, look: (bench: Bench, ids: readonly number[]) => Promise<T>): Promise<T> {
    const ids = this.checkedIds(prompt);
    return this.queue.run(() => look(this.bench, ids));
  }

  /** What inspections work with. */
  private get bench(): Bench {
    const { machine, main: sequence, tokenizer } = this.model;
    return { machine, sequence, textOf: (id) => tokenizer?.decode([id]) ?? "" };
  }

  private get tokenizer(): Tokenizer {
    const { tokenizer } = this.model;
    if (tokenizer) return tokenizer;
    throw new GPTError("no-tokenizer", "This model has no tokenizer: pass token ids, or load it with tokenizer files.");
  }

  private async start(
    machine: Machine,
    tokenizer: Tokenizer | undefined,
    backend: Protocol.LoadOptions["tokenizer"] = "web-tokenizers",
    special: Pick<Loaded, "stopTokens" | "startToken">,
  ): Promise<Protocol.ModelDescription> {
    const main = new Sequence(machine);
    const { engine, arena, config } = machine;
    const sampling = createWasmKernels(engine.kernels, engine.memory, (bytes) => arena.take(bytes), config.vocabSize);
    this.loaded = { machine, tokenizer, backend: tokenizer ? backend : "none", ...special, sampling, main };
    return { config: machine.config, info: info(this.loaded) };
  }

  /** A generation, with what it is to show and change inside. */
  private look(look: Look | undefined, ...[ids, ...rest]: RunArguments): Promise<Protocol.GenerateResult> {
    const { machine, main } = this.model;
    if (!look) return this.run(main, ids, ...rest);
    return watched(machine, main, look, ids, (context) => this.run(context, ids, ...rest));
  }

  private async run(
    context: Sequence | WatchedContext,
    ...[ids, options, signal, post]: RunArguments
  ): Promise<Protocol.GenerateResult> {
    const { sampling, tokenizer } = this.model;
    const common = context.keepCommon(ids);
    const bytes = (id: number) => tokenizer?.bytes(id) ?? new Uint8Array();
    const loop = generate(ids, ids.slice(common), options, {
      context,
      sampler: createSampler(options, sampling),
      decoder: new StreamDecoder(bytes),
      textOf: this.bench.textOf,
      signal,
    });
    for (;;) {
      const step = await loop.next();
      if (step.done) return resultOf(step.value, post);
      const activations = context instanceof WatchedContext ? context.activations : undefined;
      if (!activations) post({ type: "token", token: step.value });
      else post({ type: "token", token: { ...step.value, activations } }, buffersOf(activations));
    }
  }

  /** The prompt's ids, cut to the context where it slides. */
  private promptIds(prompt: Protocol.Prompt, { onContextFull, keepPrefix }: ResolvedOptions): number[] {
    const { contextLength } = this.model.machine.config;
    const ids = this.idsOf(prompt);
    if (ids.length <= contextLength) return ids;
    if (onContextFull === "slide") return slideWindow(ids, keepPrefix, contextLength);
    throw contextFull(ids.length, contextLength);
  }

  private checkedIds(prompt: Protocol.Prompt): number[] {
    const { contextLength } = this.model.machine.config;
    const valid = this.idsOf(prompt);
    if (valid.length > contextLength) throw contextFull(valid.length, contextLength);
    return valid;
  }

  /** A prompt's ids; an empty text begins as a document does. Throws `TypeError` for none, or one out of range. */
  private idsOf(prompt: Protocol.Prompt): number[] {
    const { machine, startToken } = this.model;
    const { vocabSize } = machine.config;
    if (prompt === "" && startToken !== undefined) return [startToken];
    const list = Array.from(typeof prompt === "string" ? this.tokenizer.encode(prompt) : prompt);
    if (list.length === 0) throw new TypeError("The prompt is empty, expected at least one token.");
    const wrong = list.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
    if (wrong !== undefined)
      throw new TypeError(`The prompt holds the id ${wrong}, expected whole numbers from 0 to ${vocabSize - 1}.`);
    return list;
  }
}

function contextFull(found: number, contextLength: number): GPTError {
  return new GPTError(
    "context-full",
    `The text has ${found} tokens, the model can attend over ${contextLength}. Shorten it, or generate with onContextFull: 'slide'.`,
  );
}

function info({ machine, backend }: Loaded): Protocol.ModelInfo {
  const count = parameters(machine.config).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { ...machine.info, parameters: count, memoryBytes: machine.arena.bytes, tokenizer: backend };
}

async function openTokenizer(
  files: TokenizerFiles | undefined,
  backend: Protocol.LoadOptions["tokenizer"],
): Promise<Tokenizer | undefined> {
  return files && createTokenizer(files, backend);
}

function resultOf(
  { text, ids, finishReason, usage, rest }: Finish,
  post: (event: Protocol.GenerationEvent) => void,
): Protocol.GenerateResult {
  if (rest) post({ type: "text", text: rest });
  return { text, ids, finishReason, usage };
}
