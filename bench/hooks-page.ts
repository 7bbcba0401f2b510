import { type GenerateOptions, type GPT, loadModel } from "../src/index";
import { type Hooks, within } from "../worker/inspect/hooks";
import { median } from "./statistics";

export interface HookFigures {
  /** A plain token, and one whose every activation is looked at; medians, in ms. */
  tokenMs: number;
  tracedMs: number;
  /** All the places of one pass that ask whether there are hooks, in ns. */
  askedNs: number;
}

const TOKENS = 16;
const ROUNDS = 5;
/** Places in a block that report, and modules in it that get hooks with a prefix (transformer-block.ts and below). */
const REPORTS = 16;
const PREFIXES = 5;

export async function measureHooks(url: string): Promise<HookFigures> {
  const gpt = await loadModel(url, { threads: 1, kernels: "simd", cache: false });
  const tokenMs = await perToken(gpt, {});
  const tracedMs = await perToken(gpt, { trace: { hooks: true, stats: true } });
  gpt.dispose();
  return { tokenMs, tracedMs, askedNs: gpt.config.nLayers * asking() };
}

async function perToken(gpt: GPT, options: GenerateOptions): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const run = gpt.generate([1, 2, 3], { ...options, maxNewTokens: TOKENS, temperature: 0, stopTokens: [] });
    times.push(1000 / (await run).usage.decodeTokensPerSecond);
  }
  return median(times);
}

/** What one block asks, in ns. */
function asking(): number {
  const times = 200_000;
  const none: { hooks?: Hooks } = {};
  let found = 0;
  const started = performance.now();
  for (let n = 0; n < times; n++) {
    for (let i = 0; i < PREFIXES; i++) if (within(`blocks.${n % 12}`, none.hooks)) found++;
    for (let i = 0; i < REPORTS; i++) none.hooks?.("", { pointer: i, shape: [], strides: [] });
  }
  return found + ((performance.now() - started) * 1e6) / times;
}
