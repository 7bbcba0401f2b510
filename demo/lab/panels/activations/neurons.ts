import * as Plot from "@observablehq/plot";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { AS_IT_IS, plot } from "../../plots";
import { remembered } from "../../remembered";

/** How many neurons of a layer are above zero for no token of the sentence, for some, for all. */
interface Counted {
  none: number;
  some: number;
  all: number;
}

const KINDS = ["none", "some", "all"] as const;
const AMBER: Record<(typeof KINDS)[number], number> = { none: 0, some: 0.35, all: 1 };

/** Each layer's neurons by how often they are above zero. */
export function neurons({ texts, numbers }: Place) {
  const words = texts.panels.activations;
  const figure = picture();
  figure.caption(words.neurons);
  const counted = remembered(count);
  return {
    element: figure.element,
    /** Draws, and gives the share that is above zero for no token in this layer. */
    async draw(given: Given, chosen: number): Promise<number> {
      const { innerDim } = given.gpt.config;
      const layers = await counted(given);
      const parts = layers.flatMap((layer, i) => {
        let from = 0;
        return KINDS.map((kind) => {
          const part = { layer: String(i + 1), kind, from, to: from + layer[kind], count: layer[kind] };
          from = part.to;
          return part;
        });
      });
      figure.draw(
        (width) => {
          return plot({
            ...AS_IT_IS,
            width,
            height: 26 + layers.length * 24,
            marginLeft: 24,
            marginTop: 18,
            marginRight: 2,
            x: { axis: null, domain: [0, innerDim] },
            y: {
              label: words.layer,
              labelAnchor: "top",
              labelArrow: "none",
              domain: layers.map((_, i) => String(i + 1)),
              tickSize: 0,
              padding: 0.2,
            },
            marks: [
              Plot.barX(parts, {
                x1: "from",
                x2: "to",
                y: "layer",
                fill: "var(--surprise)",
                fillOpacity: ({ kind }) => AMBER[kind as "none"],
                stroke: "var(--edge)",
                strokeWidth: 0.75,
              }),
              Plot.text(
                parts.filter(({ count }) => count / innerDim > 30 / (width - 26)),
                { x: ({ from, to }) => (from + to) / 2, y: "layer", text: ({ count }) => numbers.count(count) },
              ),
            ],
          });
        },
        layers
          .map(({ none, some, all }, i) =>
            words.neuronsAlternative({
              layer: numbers.count(i + 1),
              none: numbers.count(none),
              some: numbers.count(some),
              all: numbers.count(all),
            }),
          )
          .join(" "),
      );
      return (layers[chosen]?.none ?? 0) / innerDim;
    },
  };
}

async function count({ gpt, ids, step }: Given): Promise<Counted[]> {
  const { innerDim, nLayers } = gpt.config;
  const hooks = Array.from({ length: nLayers }, (_, layer) => `blocks.${layer}.mlp.pre`);
  const { activations } = await step(gpt.trace(ids, { hooks }));
  return hooks.map((hook) => {
    const alive = new Uint16Array(innerDim);
    activations[hook]?.data.forEach((x, i) => {
      if (x > 0) alive[i % innerDim] = (alive[i % innerDim] ?? 0) + 1;
    });
    const none = alive.filter((times) => times === 0).length;
    const all = alive.filter((times) => times === ids.length).length;
    return { none, all, some: innerDim - none - all };
  });
}
