import type { Given, Panel, Place } from "../panel";
import { positionMap } from "./embeddings/position-map";
import { shuffling } from "./embeddings/shuffling";
import { strips } from "./embeddings/strips";

/** Token row + position row = what enters the first block; how alike positions are; what order is worth. */
export const embeddings: Panel = {
  key: "embeddings",
  hooks: ["embed", "pos_embed", "blocks.0.resid_pre", "blocks.0.attn_out"],
  source: "worker/model/embedding.ts",
  build(place: Place) {
    const { texts, numbers, body, answer } = place;
    const words = texts.panels.embeddings;
    const rows = strips(place);
    const map = positionMap(place);
    const order = shuffling(place);
    body.replaceChildren(rows.element, map.element, order.element);
    return async (given: Given) => {
      await rows.draw(given);
      await map.draw(given);
      const { seeing, blind } = await order.draw(given);
      answer(words.answer(numbers.percent(seeing), numbers.percent(blind)));
    };
  },
};
