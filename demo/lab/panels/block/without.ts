import * as Plot from "@observablehq/plot";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { plot } from "../../plots";

/** How far the next word moves when a block adds nothing, block by block. */
export function without({ texts, numbers }: Place) {
  const words = texts.panels.block;
  const figure = picture();
  figure.caption(words.without);
  return {
    element: figure.element,
    /** Each block's loss: the divergence of the next token's distribution without it from the whole model's, in nats. */
    async compute({ gpt, ids, step, progress }: Given): Promise<number[]> {
      const nats: number[] = [];
      for (let layer = 0; layer < gpt.config.nLayers; layer++) {
        const trace = await step(gpt.trace(ids, { hooks: [], interventions: [{ ablate: { layer } }] }));
        nats.push(trace.effect?.kl ?? 0);
        progress((layer + 1) / gpt.config.nLayers);
      }
      return nats;
    },
    draw(nats: readonly number[], chosen: number): void {
      const bars = nats.map((value, i) => ({ layer: String(i + 1), value, chosen: i === chosen }));
      figure.draw(
        (width) =>
          plot({
            width,
            height: 170,
            marginTop: 18,
            marginBottom: 40,
            x: { label: texts.layer, domain: bars.map(({ layer }) => layer), tickSize: 0, padding: 0.3 },
            y: { axis: null },
            marks: [
              Plot.barY(bars, {
                x: "layer",
                y: "value",
                fill: "var(--surprise)",
                fillOpacity: ({ chosen }) => (chosen ? 1 : 0.45),
              }),
              Plot.text(bars, { x: "layer", y: "value", text: ({ value }) => numbers.fixed(value, 2), dy: -8 }),
              Plot.ruleY([0], { stroke: "var(--soft)" }),
            ],
          }),
        bars.map(({ layer, value }) => words.loss(layer, numbers.fixed(value, 2))).join(" "),
      );
    },
  };
}
