import type {
  FinishReason,
  GenerateOptions,
  GenerateResult,
  Generation,
  GPT,
  GPTConfig,
  loadModel,
  ModelInfo,
  ParameterNode,
  Progress,
  Sequence,
  Token,
} from "../../src/index";

export const CONFIG: GPTConfig = {
  vocabSize: 4096,
  contextLength: 512,
  embDim: 256,
  nHeads: 4,
  nLayers: 6,
  dropRate: 0.1,
  qkvBias: true,
  norm: "layer",
  activation: "gelu-tanh",
  innerDim: 1024,
  normEps: 1e-5,
  tied: true,
  shortcuts: true,
  dummy: false,
};

export const INFO: ModelInfo = {
  format: "q8_0",
  cacheFormat: "f16",
  kernels: "relaxed",
  kernelsReason: "the probe passed",
  threads: 2,
  threadsReason: "two cores",
  parameters: 5_918_720,
  weightBytes: 6_400_000,
  memoryBytes: 11_400_000,
  tokenizer: "web-tokenizers",
};

export const TREE: ParameterNode = {
  name: "model",
  count: 5_918_720,
  bytes: 6_400_000,
  children: [
    { name: "tokEmb", count: 1_048_576, bytes: 1_114_112, shape: [4096, 256], format: "q8_0" },
    { name: "posEmb", count: 131_072, bytes: 524_288, shape: [512, 256], format: "f32" },
    {
      name: "trfBlocks",
      count: 4_738_560,
      bytes: 4_700_000,
      children: [
        { name: "0", count: 789_760, bytes: 800_000, children: [{ name: "norm1", count: 512, bytes: 2048 }] },
        { name: "1", count: 789_760, bytes: 800_000 },
      ],
    },
    { name: "outHead", count: 0, bytes: 0, shape: [4096, 256], sharedWith: "tokEmb" },
  ],
};

/** A token with its odds in nats, and two alternatives. */
export function token(text: string, bits = 1, id = 7): Token {
  const logprob = -bits * Math.LN2;
  const top = [
    { id: 1, text: " little", logprob: Math.log(0.31) },
    { id: 2, text: "\n", logprob: Math.log(0.12) },
  ];
  return { id, text, logprob, top };
}

/** What a run of the fake writes, in order. */
export const SAID = [" there", " was", " a", " miller", ",", "\n", " and", " a", " lantern", "."];

export interface FakeSettings {
  said?: readonly Token[];
  /** Pause before each token. */
  everyMs?: number;
  finishReason?: FinishReason;
  /** Of a run that wrote several texts. */
  sequences?: readonly Sequence[];
  /** Text at the end of the result that no token brings. */
  rest?: string;
  /** Thrown by `generate`. */
  fails?: Error;
  /** What every run was asked. */
  asked?: { prompt: unknown; options: GenerateOptions }[];
}

/** A model that says the same again and again, through the public contract. */
export function fakeGPT(settings: FakeSettings = {}): GPT & { disposed: boolean } {
  const {
    said = SAID.map((text, i) => token(text, i, i)),
    everyMs = 0,
    finishReason = "stop-token",
    rest = "",
    sequences,
    fails,
  } = settings;
  const model = {
    config: CONFIG,
    info: INFO,
    disposed: false,
    generate(prompt: unknown, options: GenerateOptions = {}): Generation {
      settings.asked?.push({ prompt, options });
      let finish: (result: GenerateResult) => void = () => {};
      const done = new Promise<GenerateResult>((resolve) => {
        finish = resolve;
      });
      const limit = Math.min(said.length, options.maxNewTokens ?? 128);
      async function* tokens(): AsyncGenerator<Token> {
        if (fails) throw fails;
        const sent: Token[] = [];
        for (const next of said.slice(0, limit)) {
          if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
          if (options.signal?.aborted) break;
          if (model.disposed) throw new Error("The model was disposed.");
          sent.push(next);
          yield next;
        }
        const reason = options.signal?.aborted ? "aborted" : limit < said.length ? "length" : finishReason;
        finish({
          text: sent.map(({ text }) => text).join("") + rest,
          ids: sent.map(({ id }) => id),
          finishReason: reason,
          ...(sequences && { sequences }),
          usage: {
            promptTokens: 4,
            newTokens: sent.length,
            timeToFirstTokenMs: 38,
            prefillTokensPerSecond: 1000,
            decodeTokensPerSecond: 412,
          },
        });
      }
      // biome-ignore lint/suspicious/noThenProperty: a generation is a promise, too
      return { tokens, then: done.then.bind(done) } as unknown as Generation;
    },
    async parameters() {
      return TREE;
    },
    dispose() {
      model.disposed = true;
    },
  };
  return model as unknown as GPT & { disposed: boolean };
}

/** A loader that shows these steps of progress and then hands out the model, or fails. */
export function fakeLoad(
  next: (source: unknown) => GPT | Error,
  progress: readonly Progress[] = [],
  everyMs = 0,
): typeof loadModel {
  const load = async (
    source: unknown,
    options: { onProgress?(progress: Progress): void; signal?: AbortSignal } = {},
  ) => {
    for (const step of progress) {
      options.onProgress?.(step);
      if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
      options.signal?.throwIfAborted();
    }
    const model = next(source);
    if (model instanceof Error) throw model;
    return model;
  };
  return load as unknown as typeof loadModel;
}
