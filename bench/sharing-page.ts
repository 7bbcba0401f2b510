import { type GPT, loadModel } from "../src/index";
import { freshPrompts } from "./prompts";
import { median } from "./statistics";

export interface Sharing {
  /** A token by itself, after 16, in ms. */
  tokenMs: number;
  /** 64 new tokens of one sequence, and of four from the same prompt, in ms. */
  oneMs: number;
  fourMs: number;
  /** To the first token: 408 ids of which none is known, and of which the first 400 are. */
  firstMs: number;
  sharedMs: number;
}

const NEW = 64;
const SHARED = 400;
const OWN = 8;

/** What sequences and calls save that share a prompt, through the public API; the median of some rounds. */
export async function measureSharing(url: string, threads: number, rounds: number): Promise<Sharing> {
  using gpt = await loadModel(url, { threads, cache: false });
  const ids = freshPrompts(gpt.config.vocabSize);
  const figures: Record<keyof Sharing, number[]> = { tokenMs: [], oneMs: [], fourMs: [], firstMs: [], sharedMs: [] };
  for (let round = 0; round <= rounds; round++) {
    const one = await timed(gpt, ids(16), 1);
    const four = await timed(gpt, ids(16), 4);
    const prefix = ids(SHARED);
    const first = await toFirstToken(gpt, [...prefix, ...ids(OWN)]);
    const shared = await toFirstToken(gpt, [...prefix, ...ids(OWN)]);
    if (round === 0) continue; // the first finds cold caches
    figures.tokenMs.push(one / NEW);
    figures.oneMs.push(one);
    figures.fourMs.push(four);
    figures.firstMs.push(first);
    figures.sharedMs.push(shared);
  }
  return Object.fromEntries(
    Object.entries(figures).map(([name, times]) => [name, median(times)]),
  ) as unknown as Sharing;
}

async function timed(gpt: GPT, prompt: readonly number[], n: number): Promise<number> {
  const started = performance.now();
  await gpt.generate(prompt, { n, maxNewTokens: NEW, stopTokens: [], seed: 1 });
  return performance.now() - started;
}

async function toFirstToken(gpt: GPT, prompt: readonly number[]): Promise<number> {
  const { usage } = await gpt.generate(prompt, { maxNewTokens: 1, stopTokens: [], seed: 1 });
  return usage.timeToFirstTokenMs;
}
