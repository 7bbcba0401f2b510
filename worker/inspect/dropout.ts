import type { GPTConfig } from "../model/config";
import { anything, checkOptions, SEED } from "../option-checks";
import { ensure } from "../sampling/checks";
import { mix32 } from "../sampling/random";
import { show } from "../values";
import type { Change, Edit } from "./edits";
import { hookNames } from "./names";
import { part } from "./targets";

export interface Dropout {
  /** Same seed, same masks. A whole number from 0 to 2³² − 1. */
  seed: number;
  /** Share zeroed; default: the configuration's `dropRate`. */
  rate?: number;
}

/**
 * Where the chapter's model drops: the embeddings' sum, the attention pattern, and what each half of a block adds
 * (`drop_emb`, attention's `dropout`, `drop_shortcut`).
 */
const PLACES = /^(blocks\.0\.resid_pre|blocks\.\d+\.(attn\.pattern|attn_out|mlp_out))$/;

/** Inverted dropout (Srivastava et al. 2014, section 10): an element stays, times 1/(1 − rate), or becomes 0. */
export function dropout(asked: Dropout, config: GPTConfig): Edit[] {
  checkOptions("dropout", asked, { seed: anything, rate: anything }, []);
  const { seed, rate = config.dropRate } = asked;
  ensure("dropout.seed", seed, SEED);
  if (!(typeof rate === "number" && rate >= 0 && rate < 1))
    throw new TypeError(`dropout.rate: found ${show(rate)}; allowed: a number from 0 to below 1`);
  const places = [...hookNames(config).keys()].filter((name) => PLACES.test(name));
  return places.map((hook, n) => {
    const place = mix32(seed ^ mix32(n + 1));
    const change: Change = (value, position, outer, inner) =>
      uniform(place, position, outer, inner) < rate ? 0 : value / (1 - rate);
    return { ...part(hook, config), change };
  });
}

/** A number in [0, 1) for each element, whatever pass it comes by in. */
function uniform(place: number, position: number, outer: number, inner: number): number {
  return (mix32(mix32(mix32(place + position) + outer) + inner) >>> 0) / 2 ** 32;
}
