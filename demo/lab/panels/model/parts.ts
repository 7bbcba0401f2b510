import { countParameters, type GPTConfigInput } from "../../../../src/index";

/** The parts of a GPT, in the order in which a token meets them. */
export const PARTS = ["embeddings", "attention", "feedForward", "norms", "head"] as const;

export type Part = (typeof PARTS)[number];

/** How many parameters each part of a configuration holds; a tied head has none of its own. */
export function partsOf(config: GPTConfigInput): Record<Part, number> {
  const { total, attention, feedForward } = countParameters(config);
  const inBlocks = { attention: attention * config.nLayers, feedForward: feedForward * config.nLayers };
  // The dummy model of section 4.1 is its embeddings and its head alone.
  const embeddings = countParameters({ ...config, dummy: true, tied: true }).total;
  const head = total - countParameters({ ...config, tied: true }).total;
  const norms = total - embeddings - head - inBlocks.attention - inBlocks.feedForward;
  return { embeddings, ...inBlocks, norms, head };
}
