import type { GenerateOptions } from "../worker/sampling/generate-options";
import { createPlainKernels, type SamplingKernels } from "../worker/sampling/kernels";
import { resolveOptions } from "../worker/sampling/options";
import { createSampler } from "../worker/sampling/sampler";
import { createWasmKernels, type SamplingExports } from "../worker/sampling/wasm-kernels";
import simdUrl from "../worker/wasm/kernels.simd.wasm?url";

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

/** Microseconds a token costs to choose among GPT-2's 50,257, history 300 tokens, by kernels and in plain TypeScript. */
export async function benchSampling(): Promise<string> {
  const { kernels, room } = await wasmKernels();
  const plain = createPlainKernels(VOCAB);
  const lines = ["µs a draw                             kernels     flat    plain"];
  const history = { ids: Array.from({ length: 300 }, (_, i) => (i * 7919) % VOCAB), promptLength: 100 };
  const [peaked, flat] = [room(VOCAB), room(VOCAB)];
  fillLogits(peaked, 1.5);
  fillLogits(flat, 0.1);
  const measure = (options: GenerateOptions, logits: Float32Array, on: SamplingKernels): string => {
    const resolved = resolveOptions({ ...options, seed: 1 }, { vocabSize: VOCAB, contextLength: 1024 });
    const sampler = createSampler(resolved, on);
    return time(() => sampler.sample(logits, history), 400)
      .toFixed(1)
      .padStart(9);
  };
  for (const [name, options] of Object.entries(ROWS)) {
    const cells = [measure(options, peaked, kernels), measure(options, flat, kernels), measure(options, peaked, plain)];
    lines.push(`${name.padEnd(36)}${cells.join("")}`);
  }
  const pass = (run: () => void): string => time(run, 200).toFixed(1).padStart(9);
  lines.push(`${"one pass: block maxima".padEnd(36)}${pass(() => kernels.blockMax(peaked))}`);
  lines.push(`${"one pass: block weights".padEnd(36)}${pass(() => kernels.blockSumExp(peaked, 0, 1))}`);
  lines.push(`${"one pass: copy".padEnd(36)}${pass(() => kernels.scores().set(peaked))}`);
  return lines.join("\n");
}
