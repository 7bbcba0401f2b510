import { loadModel } from "../src/index";
import { createPlainKernels } from "../test/reference/sampling-kernels";
import type { GenerateOptions } from "../worker/sampling/generate-options";
import type { SamplingKernels } from "../worker/sampling/kernels";
import { resolveOptions } from "../worker/sampling/options";
import { createRandom } from "../worker/sampling/random";
import { reportStages } from "../worker/sampling/report";
import { createSampler } from "../worker/sampling/sampler";
import { createWasmKernels, type SamplingExports } from "../worker/sampling/wasm-kernels";
import simdUrl from "../worker/wasm/kernels.simd.wasm?url";
import { freshPrompts } from "./prompts";
import { median } from "./statistics";

const VOCAB = 50257;

const ROWS: Record<string, GenerateOptions> = {
  greedy: { temperature: 0 },
  "no filter": {},
  temperature: { temperature: 0.8 },
  "top-k 50": { topK: 50 },
  "top-p 0.95": { topP: 0.95 },
  "temperature, top-k, top-p": { temperature: 0.8, topK: 50, topP: 0.95 },
  "temperature, top-k, top-p, penalties": {
    ...{ temperature: 0.8, topK: 50, topP: 0.95, repetitionPenalty: 1.1, presencePenalty: 0.1, frequencyPenalty: 0.1 },
  },
  "temperature, top-p": { temperature: 0.8, topP: 0.95 },
  "min-p 0.05": { minP: 0.05 },
  "typical-p 0.9": { typicalP: 0.9 },
  "no-repeat 3-gram": { noRepeatNgramSize: 3 },
  "logprobs 5": { logprobs: 5 },
  "stats, top-k": { topK: 50, stats: true },
};

/**
 * Logits by Zipf's law in a shuffled order: with exponent 1.5 the 240 best tokens hold 95 %, as in a text that a trained
 * model knows; with 0.1 it takes nearly all, as in an untrained one.
 */
function fillLogits(logits: Float32Array, exponent: number): void {
  for (let i = 0; i < VOCAB; i++) logits[(i * 7919) % VOCAB] = -exponent * Math.log(i + 1);
}

/** Microseconds a draw: the least of many means over 10, which is what it costs when nothing else runs. */
function time(draw: () => void, budgetMs: number): number {
  let least = Infinity;
  for (const begin = performance.now(); performance.now() - begin < budgetMs; ) {
    const start = performance.now();
    for (let i = 0; i < 10; i++) draw();
    least = Math.min(least, performance.now() - start);
  }
  return least * 100;
}

async function wasmKernels(): Promise<{ kernels: SamplingKernels; room: (bytes: number) => Float32Array }> {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
  const { instance } = await WebAssembly.instantiateStreaming(fetch(simdUrl), { env: { memory } });
  let next = 65536;
  const allocate = (bytes: number): number => {
    const at = next;
    next += Math.ceil(bytes / 16) * 16;
    return at;
  };
  const kernels = createWasmKernels(instance.exports as unknown as SamplingExports, memory, allocate, VOCAB);
  return { kernels, room: (floats) => new Float32Array(memory.buffer, allocate(floats * 4), floats) };
}

/** Microseconds a draw: of logits as a trained model gives them, of flat ones, and by the passes in plain TypeScript. */
export interface Draws {
  name: string;
  peaked: number;
  flat?: number;
  plain?: number;
}

/** What a token costs to choose among GPT-2's 50,257, history 300 tokens; and the passes over the vocabulary by themselves. */
export async function measureDraws(): Promise<Draws[]> {
  const { kernels, room } = await wasmKernels();
  const plain = createPlainKernels(VOCAB);
  const history = { ids: Array.from({ length: 300 }, (_, i) => (i * 7919) % VOCAB), promptLength: 100 };
  const [peaked, flat] = [room(VOCAB), room(VOCAB)];
  fillLogits(peaked, 1.5);
  fillLogits(flat, 0.1);
  const measure = (options: GenerateOptions, logits: Float32Array, on: SamplingKernels): number => {
    const resolved = resolveOptions({ ...options, seed: 1 }, { vocabSize: VOCAB, contextLength: 1024 });
    const sampler = createSampler(resolved, on, createRandom(1), resolved.stats ? reportStages : undefined);
    return time(() => sampler.sample(logits, history), 400);
  };
  const draws = Object.entries(ROWS).map(([name, options]) => ({
    name,
    peaked: measure(options, peaked, kernels),
    flat: measure(options, flat, kernels),
    plain: measure(options, peaked, plain),
  }));
  const passes: Record<string, () => void> = {
    "one pass: block maxima": () => kernels.blockMax(peaked),
    "one pass: block weights": () => kernels.blockSumExp(peaked, 0, 1),
    "one pass: block weights and moments": () => kernels.blockMoments(peaked, 0, 1),
    "one pass: copy": () => kernels.scores().set(peaked),
  };
  return [...draws, ...Object.entries(passes).map(([name, pass]) => ({ name, peaked: time(pass, 200) }))];
}

/** Milliseconds a greedy token of a model takes, after 16; the median of five texts of 32. */
export async function measureToken(url: string, threads: number): Promise<number> {
  using gpt = await loadModel(url, { threads, cache: false });
  const rates: number[] = [];
  const prompt = freshPrompts(gpt.config.vocabSize);
  for (let text = 0; text < 6; text++) {
    const { usage } = await gpt.generate(prompt(16), { temperature: 0, maxNewTokens: 32, stopTokens: [] });
    if (text > 0) rates.push(usage.decodeTokensPerSecond);
  }
  return 1000 / median(rates);
}
