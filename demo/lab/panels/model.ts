import { countParameters, GPT_CONFIG_124M } from "../../../src/index";
import { element } from "../../dom";
import { parameters } from "../../panels/parameters";
import type { Panel } from "../panel";
import { family } from "./model/family";
import { PARTS, partsOf } from "./model/parts";
import { shares } from "./model/shares";

/** What the parameters are and how many: the tree, the shares of its parts, and the family's sizes. */
export const model: Panel = {
  key: "model",
  hooks: [],
  source: "worker/model/parameters.ts",
  build(place) {
    const { texts, numbers, body, answer } = place;
    const words = texts.panels.model;
    const caption = element("figcaption");
    const tree = element("div");
    const parts = shares(place);
    const sizes = family(place);
    body.replaceChildren(parts.element, element("figure", {}, caption, tree), sizes.element);
    return async ({ gpt, step }) => {
      const { config, info } = gpt;
      const root = await step(gpt.parameters());
      const counted = partsOf(config);
      caption.textContent = words.tree(info.format, numbers.bytes(root.bytes));
      tree.replaceChildren(parameters(root, { numbers, same: words.same }));
      parts.draw(counted);
      sizes.draw(config);
      const total = PARTS.reduce((sum, part) => sum + counted[part], 0);
      const share = (part: keyof typeof counted) => numbers.percent(counted[part] / total);
      answer(
        words.answer({
          total: numbers.count(total),
          feedForward: share("feedForward"),
          attention: share("attention"),
          embeddings: share("embeddings"),
          own: numbers.count(countParameters(GPT_CONFIG_124M).total),
          tied: numbers.count(countParameters({ ...GPT_CONFIG_124M, tied: true }).total),
        }),
      );
    };
  },
};
