import type { Panel } from "../panel";
import { picker } from "../picker";
import { remembered } from "../remembered";
import { flow } from "./block/flow";
import { missed, withoutEach } from "./block/missed";
import { prediction } from "./block/prediction";

/** What one block adds to the last token's row, and what the prediction becomes without it. */
export const block: Panel = {
  key: "block",
  hooks: ["blocks.N.resid_pre", "blocks.N.attn_out", "blocks.N.resid_mid", "blocks.N.mlp_out", "blocks.N.resid_post"],
  source: "worker/model/transformer-block.ts",
  build(place) {
    const { texts, numbers, body, answer, redraw } = place;
    const words = texts.panels.block;
    const layer = picker(texts.layer, 2, redraw);
    const drawing = flow(place);
    const next = prediction(place);
    const layers = missed(place);
    const ablated = remembered(withoutEach);
    body.replaceChildren(layer.element, drawing.element, next.element, layers.element);
    return async (given) => {
      layer.offer(given.gpt.config.nLayers);
      const { shape, lengths } = await drawing.draw(given, layer.value);
      const effects = await ablated(given);
      const effect = effects[layer.value];
      next.draw(effect, layer.value);
      layers.draw(effects, layer.value);
      const likeliest = effect?.top[0];
      answer(
        words.answer({
          layer: String(layer.value + 1),
          shape,
          from: numbers.short(lengths.resid_pre),
          to: numbers.short(lengths.resid_post),
          kl: numbers.fixed(effect?.kl ?? 0, 2),
          token: (likeliest?.text ?? "").replaceAll(" ", "␣"),
          before: numbers.percent(Math.exp(likeliest?.before ?? Number.NEGATIVE_INFINITY)),
          after: numbers.percent(Math.exp(likeliest?.after ?? Number.NEGATIVE_INFINITY)),
        }),
      );
    };
  },
};
