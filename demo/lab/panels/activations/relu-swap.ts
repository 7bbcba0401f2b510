import type { Effect, Intervention } from "../../../../src/index";
import type { Given } from "../../panel";
import { RELU } from "./functions";

/** What it does to the prediction if every feed-forward's activation is patched with the ReLU of what it was given. */
export async function withReLU({ gpt, ids, step, progress }: Given): Promise<Effect | undefined> {
  const { nLayers } = gpt.config;
  const interventions: Intervention[] = [];
  for (let layer = 0; layer < nLayers; layer++) {
    const pre = `blocks.${layer}.mlp.pre`;
    const { activations } = await step(gpt.trace(ids, { hooks: [pre], interventions }));
    const read = activations[pre];
    if (!read) break;
    interventions.push({
      patch: `blocks.${layer}.mlp.post`,
      from: { shape: read.shape, data: read.data.map(RELU.of) },
    });
    progress((layer + 1) / (nLayers + 1));
  }
  const { effect } = await step(gpt.trace(ids, { hooks: [], interventions }));
  return effect;
}
