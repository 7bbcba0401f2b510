import { type FormatName, type KernelsName, loadModel } from "../src/index";

export interface Setting {
  url: string;
  format: FormatName;
  threads: number;
  kernels: KernelsName | "auto";
  rounds: number;
}

/** Every figure of one setting, one value a round. Rates in tokens per second, times in ms. */
export type Figures = Record<string, number[]>;

const PREFILL = [128, 512, 1000];
const AFTER = [16, 512, 1000 - 24];
const NEW = 24;

/** Loads the model once and times prompts and single tokens through the public API. */
export async function measureTokens({ url, rounds, ...options }: Setting): Promise<{ figures: Figures; info: object }> {
  const figures: Figures = {};
  const note = (name: string, value: number) => {
    figures[name] ??= [];
    figures[name].push(value);
  };
  const started = performance.now();
  const gpt = await loadModel(url, { ...options, cache: false });
  note("load ms", performance.now() - started);
  const { vocabSize, contextLength } = gpt.config;
  let salt = 0;
  /** A prompt that shares no beginning with another, so that nothing is reused. */
  const prompt = (length: number) => {
    salt++;
    return Array.from({ length }, (_, i) => (salt * 7919 + i * 104729) % vocabSize);
  };
  const run = (length: number, maxNewTokens: number) =>
    gpt.generate(prompt(length), { maxNewTokens, temperature: 0, stopTokens: [] });

  const fits = (length: number) => length + NEW <= contextLength;
  for (let round = 0; round < rounds; round++) {
    const { usage: first } = await run(16, NEW);
    note("first token after 16 ms", first.timeToFirstTokenMs);
    for (const length of PREFILL.filter(fits)) {
      const { usage } = await run(length, 1);
      note(`prefill ${length}`, usage.prefillTokensPerSecond);
      if (length === 512) note("first token after 512 ms", usage.timeToFirstTokenMs);
    }
    for (const length of AFTER.filter(fits)) {
      const { usage } = await run(length, NEW);
      note(`decode after ${length}`, usage.decodeTokensPerSecond);
    }
  }
  const { info } = gpt;
  gpt.dispose();
  return { figures, info };
}
