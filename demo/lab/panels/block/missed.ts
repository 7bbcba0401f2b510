import * as Plot from "@observablehq/plot";
import type { Effect } from "../../../../src/index";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { AS_IT_IS, plot } from "../../plots";

/** What it does to the prediction to take out each block, one at a time. */
export async function withoutEach({ gpt, ids, step, progress }: Given): Promise<(Effect | undefined)[]> {
  const { nLayers } = gpt.config;
  const effects: (Effect | undefined)[] = [];
  for (let layer = 0; layer < nLayers; layer++) {
    const { effect } = await step(gpt.trace(ids, { hooks: [], interventions: [{ ablate: { layer } }] }));
    effects.push(effect);
    progress((layer + 1) / nLayers);
  }
  return effects;
}

/** How far the prediction moves without each block. */
export function missed({ texts, numbers }: Place) {
  const words = texts.panels.block;
  const figure = picture();
  figure.caption(words.missed);
  return {
    element: figure.element,
    draw(effects: readonly (Effect | undefined)[], chosen: number) {
      const bars = effects.map((effect, layer) => ({ layer: String(layer + 1), kl: effect?.kl ?? 0 }));
      figure.draw(
        (width) =>
          plot({
            ...AS_IT_IS,
            width,
            height: 26 + bars.length * 24,
            marginLeft: 24,
            marginTop: 18,
            marginRight: 48,
            x: { axis: null, domain: [0, Math.max(...bars.map(({ kl }) => kl)) || 1] },
            y: {
              label: texts.layer.toLowerCase(),
              labelAnchor: "top",
              labelArrow: "none",
              domain: bars.map(({ layer }) => layer),
              tickSize: 0,
              padding: 0.2,
            },
            marks: [
              Plot.barX(bars, {
                x: "kl",
                y: "layer",
                fill: "var(--surprise)",
                stroke: ({ layer }) => (layer === String(chosen + 1) ? "var(--accent)" : "none"),
                strokeWidth: 1.5,
              }),
              Plot.text(bars, {
                x: "kl",
                y: "layer",
                dx: 6,
                textAnchor: "start",
                text: ({ kl }) => numbers.fixed(kl, 2),
                fontVariant: "tabular-nums",
              }),
            ],
          }),
        bars.map(({ layer, kl }) => words.missedAlternative(layer, numbers.fixed(kl, 2))).join(" "),
      );
    },
  };
}
