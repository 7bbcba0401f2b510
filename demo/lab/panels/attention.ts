import { element } from "../../dom";
import type { Panel } from "../panel";
import { picker } from "../picker";
import { remembered } from "../remembered";
import { looking } from "./attention/looking";
import { overview } from "./attention/overview";
import { evenShare, patternsOf } from "./attention/patterns";

/** Where each token looks, in every head of every layer. */
export const attention: Panel = {
  key: "attention",
  hooks: ["blocks.N.attn.pattern"],
  source: "worker/model/attention.ts",
  build(place) {
    const { texts, numbers, body, answer, redraw } = place;
    const words = texts.panels.attention;
    const layer = picker(texts.layer, 2, redraw);
    const head = picker(texts.head, 0, redraw);
    const look = looking(place);
    const all = overview(place);
    const traced = remembered(patternsOf);
    body.replaceChildren(element("div", { class: "bar" }, layer.element, head.element), look.element, all.element);
    return async (given) => {
      const { gpt, ids, step } = given;
      layer.offer(gpt.config.nLayers);
      head.offer(gpt.config.nHeads);
      const patterns = await traced(given);
      const chosen = { layer: layer.value, head: head.value };
      look.draw(patterns[chosen.layer]?.[chosen.head] ?? [], given.tokens, chosen);
      const { first, previous } = all.draw(patterns, chosen);
      const ablated = (layers: readonly number[], heads: readonly number[]) =>
        layers.flatMap((l) => heads.map((h) => ({ ablate: { layer: l, head: h } })));
      const every = ablated([...patterns.keys()], [...(patterns[0]?.keys() ?? [])]);
      const one = await step(gpt.trace(ids, { hooks: [], interventions: ablated([chosen.layer], [chosen.head]) }));
      const none = await step(gpt.trace(ids, { hooks: [], interventions: every }));
      answer(
        (ids.length > 1 ? words.answer : words.alone)({
          first: numbers.percent(first),
          previous: numbers.percent(previous),
          even: numbers.percent(evenShare(ids.length)),
          layer: String(chosen.layer + 1),
          head: String(chosen.head + 1),
          one: numbers.fixed(one.effect?.kl ?? 0, 2),
          all: numbers.fixed(none.effect?.kl ?? 0, 2),
        }),
      );
    };
  },
};
