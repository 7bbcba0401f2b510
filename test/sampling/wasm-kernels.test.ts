import { expect, test } from "vitest";
import { resolveOptions } from "../../worker/sampling/options";
import { createSampler } from "../../worker/sampling/sampler";
import { createWasmKernels, type SamplingExports } from "../../worker/sampling/wasm-kernels";
import simdUrl from "../../worker/wasm/kernels.simd.wasm?url";
import { createPlainKernels } from "../reference/sampling-kernels";
import { randomLogits } from "./fixed";

test("a sampler on the kernels draws what it draws on plain TypeScript, wherever the logits lie", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
  const { instance } = await WebAssembly.instantiateStreaming(fetch(simdUrl), { env: { memory } });
  let next = 65536;
  const allocate = (bytes: number): number => {
    next += bytes + 4;
    return next - bytes;
  };
  const size = 1003;
  const kernels = createWasmKernels(instance.exports as unknown as SamplingExports, memory, allocate, size);
  const elsewhere = randomLogits(size, 5, 2);
  const inside = new Float32Array(memory.buffer, allocate(size * 4), size);
  inside.set(elsewhere);
  memory.grow(1);
  const history = { ids: [1, 2, 3, 500, 3], promptLength: 2 };
  const all = [
    {},
    { temperature: 0 },
    { temperature: 0.7, topP: 0.9 },
    { topK: 30, repetitionPenalty: 1.3 },
    { minP: 0.1 },
    { typicalP: 0.5, temperature: 1.3 },
    { temperature: 1.7e308, allowedTokens: [3, 700] }, // its inverse is 0 in f32
  ];
  for (const options of all) {
    const resolved = resolveOptions({ ...options, seed: 9, logprobs: 2 }, { vocabSize: size, contextLength: 64 });
    const [plain, wasm, copied] = [createPlainKernels(size), kernels, kernels].map((on) => createSampler(resolved, on));
    for (let i = 0; i < 300; i++) {
      const expected = plain?.sample(elsewhere, history);
      const drawn = wasm?.sample(inside, history);
      expect(drawn?.id).toBe(expected?.id);
      expect(drawn?.logprob).toBeCloseTo(expected?.logprob as number, 5);
      expect(drawn?.top?.map(({ id }) => id)).toEqual(expected?.top?.map(({ id }) => id));
      expect(copied?.sample(elsewhere, history)).toEqual(drawn);
    }
  }
});
