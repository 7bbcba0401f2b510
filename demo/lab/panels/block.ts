import type { Panel } from "../panel";
import { picker } from "../picker";
import { remembered } from "../remembered";
import { stations } from "./block/stations";
import { without } from "./block/without";

/** What one block does to the stream, and what the model is without it. */
export const block: Panel = {
  key: "block",
  hooks: ["blocks.N.resid_pre", "blocks.N.attn_out", "blocks.N.resid_mid", "blocks.N.mlp_out", "blocks.N.resid_post"],
  source: "worker/model/transformer-block.ts",
  build(place) {
    const { texts, numbers, body, answer, redraw } = place;
    const words = texts.panels.block;
    const layer = picker(texts.layer, 2, redraw);
    const way = stations(place);
    const missed = without(place);
    const losses = remembered(missed.compute);
    body.replaceChildren(layer.element, way.element, missed.element);
    return async (given) => {
      layer.offer(given.gpt.config.nLayers);
      const { shape, attention, feedForward } = await way.draw(given, layer.value);
      const nats = await losses(given);
      missed.draw(nats, layer.value);
      answer(
        words.answer({
          layer: String(layer.value + 1),
          shape,
          attention: numbers.percent(attention),
          feedForward: numbers.percent(feedForward),
          nats: numbers.fixed(nats[layer.value] ?? 0, 2),
        }),
      );
    };
  },
};
