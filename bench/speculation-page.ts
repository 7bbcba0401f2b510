import { type GenerateOptions, type LoadOptions, loadModel } from "../src/index";
import { median } from "./statistics";

/** Tokens per second with each number of proposals, and without; and how often the same token follows the same two. */
export interface Speculated {
  plain: number;
  rates: number[];
  /** Share of the new tokens that follow the two before them as they did earlier in the text: what there is to be won. */
  foreseen: number;
}

/** "Once upon a time" to the embedded model; any will do for random weights. */
const PROMPT = [1155, 756, 259, 509];
const NEW = 200;

/** Whether prompt look-up pays: the same text with and without, through the public API; the median of some rounds. */
export async function measureSpeculation(
  url: string,
  load: LoadOptions,
  rounds: number,
  proposals: readonly number[],
  options: GenerateOptions,
): Promise<Speculated> {
  using gpt = await loadModel(url, load);
  const found = [0, ...proposals].map((): number[] => []);
  const foreseen: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const [i, speculate] of [0, ...proposals].entries()) {
      const { ids, usage } = await gpt.generate(PROMPT, {
        maxNewTokens: NEW,
        stopTokens: [],
        seed: round,
        ...options,
        speculate,
      });
      if (round === 0) continue; // the first finds cold caches
      found[i]?.push(usage.decodeTokensPerSecond);
      if (i === 0) foreseen.push(shareForeseen([...PROMPT, ...ids], ids.length));
    }
  }
  const [plain = Number.NaN, ...rates] = found.map(median);
  return { plain, rates, foreseen: median(foreseen) };
}

function shareForeseen(ids: readonly number[], count: number): number {
  const next = new Map<string, number>();
  let hits = 0;
  for (let i = 2; i < ids.length; i++) {
    const key = `${ids[i - 2]} ${ids[i - 1]}`;
    if (i >= ids.length - count && next.get(key) === ids[i]) hits++;
    next.set(key, ids[i] ?? -1);
  }
  return hits / count;
}
