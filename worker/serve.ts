import { chunk } from "./chunk";
import { wireError } from "./errors";
import { answer, unwritten } from "./generation/answer";
import { Deadline, isEndReason } from "./generation/deadline";
import type { Matcher } from "./generation/matcher";
import { haltOf } from "./halt";
import { buffersOf } from "./inspect/buffers";
import type { LookOptions, WatchedContext } from "./inspect/watched-context";
import { type Loaded, tokenizerOf, tokenText } from "./loaded";
import { Outbox } from "./outbox";
import { begun, encodePrompt, fitted } from "./prompts";
import type { ConstraintSpec, GenerateResult, GenerationEvent, Prompt, WireGenerateOptions } from "./protocol";
import type { Queue } from "./queue";
import { type OptionContext, type ResolvedOptions, resolveOptions } from "./sampling/options";
import type { Sequence } from "./sequences/sequence";
import { AloneReader, SequenceReader } from "./sequences/sequence-reader";
import type { Session } from "./sequences/sessions";
import { StreamDecoder } from "./tokenizer/stream-decoder";

/** One call of `generate()`. */
interface Call {
  prompt: Prompt;
  options: WireGenerateOptions;
  port: MessagePort;
  /** Whose text the prompt goes on with, asked when the turn comes; without one the prompt is the whole text. */
  session?: (() => Session) | undefined;
}

type Post = (event: GenerationEvent, buffers?: Transferable[]) => void;

/** A call whose turn has come. */
interface Turn {
  loaded: Loaded;
  /** The whole text so far, and the ids of it that the model reads: all, or the window of a text that slides. */
  text: readonly number[];
  ids: readonly number[];
  sequence: Sequence;
  options: ResolvedOptions;
  deadline: Deadline;
  post: Post;
}

/** Answers a call on its port when its turn comes; aborted before, at once. Never rejects. */
export async function serve(loaded: Loaded, queue: Queue, { prompt, options, port, session }: Call): Promise<void> {
  const abort = haltOf(port);
  const outbox = new Outbox<GenerationEvent>(port);
  const post: Post = (event, buffers) => outbox.put(event, buffers);
  try {
    const { trace, interventions, ...plain } = options;
    const asked = trace !== undefined || interventions !== undefined;
    const resolved = resolveOptions(plain, optionContext(loaded));
    const added = encodePrompt(prompt, loaded);
    const whole = () => begun([...(session?.().ids ?? []), ...added], loaded);
    if (!session) fitted(whole(), loaded, resolved); // what can't fit is refused before it waits for its turn
    const run = async (): Promise<GenerateResult> => {
      const open = session?.();
      const text = whole();
      const ids = fitted(text, loaded, resolved);
      const sequence = open?.sequence ?? loaded.main;
      const deadline = new Deadline(resolved.maxTime, abort);
      const turn = { loaded, text, ids, sequence, options: resolved, deadline, post };
      const running = asked ? writeWatched(turn, { trace, interventions }) : write(turn, sequence);
      const result = await running.catch((error: unknown) => {
        if (!isEndReason(error)) throw error; // it came before anything was written
        return unwritten(text.length, resolved, error);
      });
      const wrote = result.finishReason !== "aborted" || result.ids.length > 0;
      if (open && wrote) {
        open.ids = [...text, ...result.ids];
        post({ type: "session", ids: open.ids });
      }
      return result;
    };
    const result = await queue.run(run, abort).catch((error: unknown) => {
      if (error !== abort.reason) throw error;
      return unwritten(whole().length, resolved, "aborted");
    });
    post({ type: "done", result });
  } catch (error) {
    post({ type: "error", error: wireError(error) });
  } finally {
    outbox.post();
  }
}

/** Writes while the model is watched or changed; what that takes is loaded in its turn. */
async function writeWatched(turn: Turn, look: LookOptions): Promise<GenerateResult> {
  const { loaded, sequence, ids, options, deadline } = turn;
  const { machine } = loaded;
  const { resolveLook, watched } = await chunk(import("./inspect/inspections"), deadline);
  const resolved = resolveLook(look, options, machine);
  return watched(machine, sequence, resolved, ids, deadline, (context) => write(turn, context));
}

/** Whether a context shows its activations. */
function isWatched(context: Sequence | WatchedContext): context is WatchedContext {
  return "activations" in context;
}

/** Writes in the sequence itself, or in what watches it. */
async function write(turn: Turn, context: Sequence | WatchedContext): Promise<GenerateResult> {
  const { loaded, text, ids, options, deadline, post } = turn;
  const { machine, sampling, tokenizer } = loaded;
  const { contextLength } = machine.config;
  const positions = Math.min(contextLength, ids.length + options.maxNewTokens);
  const matcher = options.constraint && (await constrain(turn, options.constraint));
  if (options.maxNewTokens === 0) return unwritten(text.length, options, "length");
  if (matcher?.finished) return unwritten(text.length, options, "stop-token");
  const common = {
    prompt: text,
    matcher,
    fresh: ids.slice(context.keepCommon(ids)),
    options,
    sampling,
    logSumExp: (logits: Float32Array) => machine.ops.logSumExp(logits),
    newDecoder: () => new StreamDecoder((id) => tokenizer?.bytes(id) ?? new Uint8Array()),
    textOf: (id: number) => tokenText(loaded, id),
    deadline,
  };
  const written = isWatched(context)
    ? answer({ ...common, context, reader: new AloneReader() })
    : answer({ ...common, context, reader: new SequenceReader(machine, positions) });
  for (;;) {
    const step = await written.next();
    if (step.done) return step.value;
    const activations = isWatched(context) ? context.activations : undefined;
    if (step.value.type !== "token" || !activations) post(step.value);
    else post({ type: "token", token: { ...step.value.token, activations } }, buffersOf(activations));
  }
}

async function constrain({ loaded, options, deadline }: Turn, spec: ConstraintSpec): Promise<Matcher> {
  const { matcherOf } = await chunk(import("./constrain"), deadline);
  return matcherOf(spec, tokenizerOf(loaded), loaded.machine.config.vocabSize, options.stopTokens);
}

function optionContext({ machine, tokenizer, stopTokens }: Loaded): OptionContext {
  const { vocabSize, contextLength } = machine.config;
  const encode = tokenizer && ((text: string) => tokenizer.encode(text));
  return { vocabSize, contextLength, stopTokens, ...(encode && { encode }) };
}
