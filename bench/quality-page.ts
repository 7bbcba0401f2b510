import { type CacheFormatName, type FormatName, type GPT, loadModel } from "../src/index";

export interface Setting {
  format: FormatName;
  cacheFormat: CacheFormatName;
}

/** How far a setting's next-token distributions are from those of f32. */
export interface Quality extends Setting {
  positions: number;
  /** Mean Kullback-Leibler divergence from f32, in nats. */
  meanKL: number;
  /** Share of positions whose most probable token is the same. */
  top1: number;
  /** Of the texts, by this setting. */
  perplexity: number;
  weightMB: number;
}

const REFERENCE: Setting = { format: "f32", cacheFormat: "f32" };

interface Sums {
  positions: number;
  kl: number;
  same: number;
  logprob: number;
}

/** Compares settings with f32 on pieces of a text, or on texts that the f32 model writes itself (temperature 1). */
export async function measureQuality(
  url: string,
  settings: readonly Setting[],
  texts: number,
  length: number,
  given?: string,
) {
  const load = (setting: Setting) => loadModel(url, { ...setting, cache: false });
  const reference = await load(REFERENCE);
  const windows = await (given ? cut(reference, given, texts, length) : write(reference, texts, length));
  const results: Quality[] = [];
  for (const setting of [REFERENCE, ...settings]) {
    const gpt = await load(setting);
    const sums: Sums = { positions: 0, kl: 0, same: 0, logprob: 0 };
    for (const ids of windows)
      compare(await reference.logits(ids), await gpt.logits(ids), ids, gpt.config.vocabSize, sums);
    results.push({
      ...setting,
      positions: sums.positions,
      meanKL: sums.kl / sums.positions,
      top1: sums.same / sums.positions,
      perplexity: Math.exp(-sums.logprob / (sums.positions - windows.length)),
      weightMB: gpt.info.weightBytes / 1e6,
    });
    gpt.dispose();
  }
  reference.dispose();
  return results;
}

async function cut(gpt: GPT, text: string, texts: number, length: number): Promise<number[][]> {
  const ids = [...(await gpt.encode(text))];
  const count = Math.min(texts, Math.floor(ids.length / length));
  return Array.from({ length: count }, (_, i) => ids.slice(i * length, (i + 1) * length));
}

async function write(gpt: GPT, texts: number, length: number): Promise<number[][]> {
  const windows: number[][] = [];
  for (let seed = 0; seed < texts; seed++) {
    const start = [(seed * 31) % gpt.config.vocabSize];
    const { ids } = await gpt.generate(start, { maxNewTokens: length - 1, temperature: 1, seed, stopTokens: [] });
    windows.push([...start, ...ids]);
  }
  return windows;
}

/** Adds the positions of one text. */
function compare(p: Float32Array, q: Float32Array, ids: readonly number[], vocabSize: number, sums: Sums): void {
  for (let t = 0; t < ids.length; t++) {
    const a = p.subarray(t * vocabSize, (t + 1) * vocabSize);
    const b = q.subarray(t * vocabSize, (t + 1) * vocabSize);
    const [na, nb] = [normaliser(a), normaliser(b)];
    let kl = 0;
    for (let i = 0; i < vocabSize; i++) {
      const la = (a[i] ?? 0) - na.logSum;
      if (la > -40) kl += Math.exp(la) * (la - (b[i] ?? 0) + nb.logSum);
    }
    sums.kl += kl;
    sums.same += na.best === nb.best ? 1 : 0;
    sums.positions++;
    const next = ids[t + 1];
    if (next !== undefined) sums.logprob += (b[next] ?? 0) - nb.logSum;
  }
}

function normaliser(x: Float32Array): { logSum: number; best: number } {
  let best = 0;
  for (let i = 1; i < x.length; i++) if ((x[i] ?? 0) > (x[best] ?? 0)) best = i;
  const max = x[best] ?? 0;
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp((x[i] ?? 0) - max);
  return { logSum: max + Math.log(sum), best };
}
