import { transfer } from "comlink";
import type { Halt } from "./breathe";
import { openCheckpoint } from "./checkpoint/load";
import { mayHaveTokenizer } from "./checkpoint/source";
import type { OnRows } from "./checkpoint/types";
import { chunk } from "./chunk";
import { decodeIds, encodeText } from "./codec";
import { checkLoadOptions } from "./engine-options";
import { GPTError } from "./errors";
import { haltOf } from "./halt";
import type { Bench } from "./inspect/bench";
import { buffersOf } from "./inspect/buffers";
import type { Watch } from "./inspect/hooks";
import { type Loaded, makeReady, tokenText } from "./loaded";
import { assemble, untie } from "./machine/assemble";
import { startEngine } from "./machine/start-engine";
import { warmUp } from "./machine/warm-up";
import { constant } from "./machine/weight-writer";
import type { GPTConfigInput } from "./model/config";
import { parameterShapes } from "./model/parameters";
import { anything, checkOptions, flag } from "./option-checks";
import type { TokenizerFiles } from "./parsed-tokenizer";
import { wholeText } from "./prompts";
import type * as Protocol from "./protocol";
import { Queue } from "./queue";
import type { SavedSession, Sessions } from "./sequences/sessions";
import { serve } from "./serve";
import { preload, type TokenizerBackend } from "./tokenizer/backends";
import type { Tokenizer } from "./tokenizer/tokenizer";
import { isTokenId } from "./values";

type Inspections = typeof import("./inspect/inspections");
/** What looks inside is a chunk of its own, loaded in its turn, so that calls keep their order. */
const inspections = (halt?: Halt): Promise<Inspections> => chunk(import("./inspect/inspections"), halt);

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
    const engine = startEngine(options, start.wasmUrl);
    if (mayHaveTokenizer(source)) preload(options.tokenizer);
    const checkpoint = await openCheckpoint(source, {
      ...options,
      base: start.base,
      parameters: parameterShapes,
      onProgress,
    });
    const { config, types, zeros, eosTokenIds, bosTokenId } = checkpoint.plan;
    const tokenizer = checkpoint.tokenizer && openTokenizer(checkpoint.tokenizer, options.tokenizer);
    tokenizer?.catch(() => undefined); // awaited below
    const machine = await assemble({ ...config }, options, engine, types); // a copy, which untie changes
    for (const name of zeros) machine.writer.generate(name, constant(machine.arena, 0));
    const warm = warmUp(machine); // while the weights arrive
    const receive: OnRows = (tensor, firstRow, rows) => machine.writer.receive(tensor, firstRow, rows);
    const read = checkpoint.read(receive, () => untie(machine));
    const [codec] = await Promise.all([tokenizer, warm, read]); // the first to fail ends the load
    void checkpoint.keep();
    const startToken = isTokenId(bosTokenId, config.vocabSize) ? bosTokenId : undefined; // GPT-2's often stays in the file of a smaller vocabulary
    const special = { stopTokens: eosTokenIds, startToken };
    return this.ready(makeReady(machine, special, codec, options.tokenizer), start);
  }

  async create(
    input: GPTConfigInput,
    options: Protocol.CreateOptions,
    start: Protocol.StartOptions,
  ): Promise<Protocol.ModelDescription> {
    const { create } = await chunk(import("./create"));
    return this.ready(await create(input, options, start), start);
  }

  async generate(
    prompt: Protocol.Prompt,
    options: Protocol.WireGenerateOptions,
    port: MessagePort,
    id?: number,
  ): Promise<void> {
    const session = id === undefined ? undefined : () => this.sessions.open(id);
    await serve(this.model, this.queue, { prompt, options, port, session });
  }

  async forkSession(id: number, to: number): Promise<number[]> {
    return this.queue.run(async () => this.sessions.fork(id, to));
  }

  async rewindSession(id: number, count: number): Promise<number[]> {
    return this.queue.run(async () => this.sessions.rewind(id, count));
  }

  async saveSession(id: number): Promise<SavedSession> {
    const saved = await this.queue.run(() => this.sessions.save(id));
    return transfer(saved, [saved.bytes.buffer]);
  }

  async restoreSession(id: number, bytes: Uint8Array): Promise<number[]> {
    return this.queue.run(() => this.sessions.restore(id, bytes));
  }

  async endSession(id: number): Promise<void> {
    return this.queue.run(async () => this.sessions.end(id));
  }

  async encode(text: string): Promise<Int32Array> {
    return encodeText(text, this.model);
  }

  async decode(ids: readonly number[] | Int32Array): Promise<string> {
    return decodeIds(ids, this.model);
  }

  async logits(prompt: Protocol.Prompt, options: Protocol.LogitsOptions, port?: MessagePort): Promise<Float32Array> {
    checkOptions("logits()", options, { last: flag, interventions: anything });
    const { last = false, interventions } = options;
    const { machine } = this.model;
    const { vocabSize } = machine.config;
    const ids = wholeText(prompt, this.model);
    const halt = haltOf(port);
    const read = async (watch?: Watch): Promise<Float32Array<ArrayBuffer>> => {
      const { main } = this.model;
      if (last) return (await main.extend(ids.slice(main.keepCommon(ids)), halt, watch)).slice();
      main.truncate(0);
      const all = new Float32Array(ids.length * vocabSize);
      await main.extendAll(ids, (row, logits) => all.set(logits, row * vocabSize), halt, watch);
      return all;
    };
    const found = await this.queue.run(async () => {
      if (interventions === undefined) return read();
      const { intervened, resolveInterventions } = await inspections(halt);
      return intervened(this.bench(halt), resolveInterventions(interventions, machine.config), ids, read);
    }, halt);
    return transfer(found, [found.buffer]);
  }

  async score(text: Protocol.Prompt, options: object, port?: MessagePort): Promise<Protocol.Score> {
    checkOptions("score()", options, {});
    const ids = wholeText(text, this.model);
    const halt = haltOf(port);
    return this.queue.run(async () => {
      const { score } = await chunk(import("./score"), halt);
      return score(this.bench(halt), ids);
    }, halt);
  }

  async trace(prompt: Protocol.Prompt, options: Protocol.TraceOptions, port?: MessagePort): Promise<Protocol.Trace> {
    const found = await this.inspect(prompt, port, ({ prepareTrace }) => prepareTrace(options, this.model.machine));
    return transfer(found, [...buffersOf(found.activations), found.logits.buffer as ArrayBuffer]);
  }

  async lens(prompt: Protocol.Prompt, options: Protocol.LensOptions, port?: MessagePort): Promise<Protocol.Lens> {
    return this.inspect(prompt, port, ({ prepareLens }) => prepareLens(options, this.model.machine));
  }

  async attribution(
    prompt: Protocol.Prompt,
    options: Protocol.AttributionOptions,
    port?: MessagePort,
  ): Promise<Protocol.Attribution> {
    return this.inspect(prompt, port, ({ prepareAttribution }) => prepareAttribution(options, this.model.machine));
  }

  async residual(prompt: Protocol.Prompt, options: object, port?: MessagePort): Promise<Protocol.Residual> {
    checkOptions("residual()", options, {});
    return this.inspect(prompt, port, ({ residual }) => residual);
  }

  async routing(prompt: Protocol.Prompt, options: object, port?: MessagePort): Promise<Protocol.Routing> {
    checkOptions("routing()", options, {});
    return this.inspect(prompt, port, ({ routing }) => routing);
  }

  async surprisal(prompt: Protocol.Prompt, options: object, port?: MessagePort): Promise<Protocol.Surprisal> {
    checkOptions("surprisal()", options, {});
    return this.inspect(prompt, port, ({ surprisal }) => surprisal);
  }

  async shortcutGradients(options: Protocol.ShortcutOptions): Promise<Protocol.ShortcutGradients> {
    return (await inspections()).shortcutGradients(options);
  }

  async parameters(): Promise<Protocol.ParameterNode> {
    const { weights } = this.model.machine;
    return (await chunk(import("./parameter-tree"))).parameterTree(weights);
  }

  private get sessions(): Sessions {
    return this.model.sessions;
  }

  private get model(): Loaded {
    if (!this.loaded) throw new GPTError("disposed", "No model is loaded in this worker.");
    return this.loaded;
  }

  private inspect<T>(
    prompt: Protocol.Prompt,
    port: MessagePort | undefined,
    choose: (all: Inspections) => (bench: Bench, ids: readonly number[]) => Promise<T>,
  ): Promise<T> {
    const ids = wholeText(prompt, this.model);
    const halt = haltOf(port);
    return this.queue.run(async () => choose(await inspections(halt))(this.bench(halt), ids), halt);
  }

  /** What inspections work with. */
  private bench(halt: AbortSignal | undefined): Bench {
    const { machine, main: sequence } = this.model;
    return { machine, sequence, halt, textOf: (id) => tokenText(this.model, id) };
  }

  private ready(loaded: Loaded, { progress }: Protocol.StartOptions): Protocol.ModelDescription {
    progress.postMessage(null);
    this.loaded = loaded;
    return { config: loaded.machine.config, info: loaded.info };
  }
}

/** Its code is a chunk of its own, which `preload` has asked for. */
async function openTokenizer(files: TokenizerFiles, backend: TokenizerBackend | undefined): Promise<Tokenizer> {
  const { createTokenizer } = await chunk(import("./tokenizer/tokenizer"));
  return createTokenizer(files, backend);
}
