import { element } from "../../dom";
import type { Panel } from "../panel";
import { picker } from "../picker";
import { remembered } from "../remembered";
import { curves } from "./activations/curves";
import { neurons } from "./activations/neurons";
import { withReLU } from "./activations/relu-swap";
import { widths } from "./activations/widths";

/** GELU and ReLU with the model's own values on them, the neurons that are alive, and the width of 1×, 4×, 1×. */
export const activations: Panel = {
  key: "activations",
  hooks: ["blocks.N.ln2.normalized", "blocks.N.mlp.pre", "blocks.N.mlp.post", "blocks.N.mlp_out"],
  source: "worker/model/feed-forward.ts",
  build(place) {
    const { texts, numbers, body, answer, redraw } = place;
    const words = texts.panels.activations;
    const layer = picker(texts.layer, 5, redraw);
    const curve = curves(place);
    const alive = neurons(place);
    const wide = widths(place);
    const swap = remembered(withReLU);
    const moved = element("p");
    body.replaceChildren(layer.element, curve.element, moved, alive.element, wide.element);
    return async (given) => {
      const { gpt, ids, step } = given;
      layer.offer(gpt.config.nLayers);
      const block = `blocks.${layer.value}`;
      const hooks = [`${block}.ln2.normalized`, `${block}.mlp.pre`, `${block}.mlp.post`, `${block}.mlp_out`] as const;
      const { activations: found } = await step(gpt.trace(ids, { hooks }));
      const [normalized, pre, post, out] = hooks.map((hook) => found[hook]?.data ?? new Float32Array());
      curve.draw(pre, post, gpt.config, layer.value);
      const never = await alive.draw(given, layer.value);
      wide.draw({ normalized, post, out }, given.ids.length, gpt.config, given.tokens.at(-1) ?? "");
      const effect = await swap(given);
      moved.textContent = words.moved(numbers.fixed(effect?.kl ?? 0, 2));
      const share = (values: Float32Array = new Float32Array()) =>
        numbers.percent(values.filter((x) => x < 0).length / values.length);
      answer(
        words.answer({
          layer: String(layer.value + 1),
          negatives: share(pre),
          never: numbers.percent(never),
          out: share(out),
        }),
      );
    };
  },
};
