import { type FormatName, type GPTConfig, type KernelsName, loadModel, type ModelInfo } from "../src/index";
import { freshPrompts } from "./prompts";

export interface Setting {
  url: string;
  format: FormatName;
  threads: number;
  kernels: KernelsName | "auto";
}

/** Every figure of one load. Rates in tokens per second, times in ms. */
export type Figures = Record<string, number>;

export interface Measured {
  figures: Figures;
  info: ModelInfo;
  config: GPTConfig;
}

const PREFILL = [128, 512, 1000];
const NEW = 24;
const AFTER = [16, 512, 1000 - NEW];

/** Loads the model and times prompts and single tokens through the public API. */
export async function measureTokens({ url, ...options }: Setting): Promise<Measured> {
  const figures: Figures = {};
  const started = performance.now();
  const gpt = await loadModel(url, { ...options, cache: false });
  figures["load ms"] = performance.now() - started;
  const { vocabSize, contextLength } = gpt.config;
  const prompt = freshPrompts(vocabSize);
  const run = (length: number, maxNewTokens: number) =>
    gpt.generate(prompt(length), { maxNewTokens, temperature: 0, stopTokens: [] });

  const fits = (length: number) => length + NEW <= contextLength;
  const { usage: first } = await run(16, NEW);
  figures["first token after 16 ms"] = first.timeToFirstTokenMs;
  for (const length of PREFILL.filter(fits)) {
    const { usage } = await run(length, 1);
    figures[`prefill ${length}`] = usage.prefillTokensPerSecond;
    if (length === 512) figures["first token after 512 ms"] = usage.timeToFirstTokenMs;
  }
  for (const length of AFTER.filter(fits)) {
    const { usage } = await run(length, NEW);
    figures[`decode after ${length}`] = usage.decodeTokensPerSecond;
  }
  const { info, config } = gpt;
  gpt.dispose();
  return { figures, info, config };
}
