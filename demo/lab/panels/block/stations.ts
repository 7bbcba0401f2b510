import * as Plot from "@observablehq/plot";
import { norm, row } from "../../maths";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { plot } from "../../plots";

/** What is measured on the way through a block, in its order: the stream, or what is added to it. */
const STATIONS = [
  { hook: "resid_pre", adds: false },
  { hook: "attn_out", adds: true },
  { hook: "resid_mid", adds: false },
  { hook: "mlp_out", adds: true },
  { hook: "resid_post", adds: false },
] as const;

const LINE = 30;

/** The way through one block: how long the rows are that come in, are added, and go out. */
export function stations({ texts, numbers }: Place) {
  const words = texts.panels.block;
  const figure = picture();
  return {
    element: figure.element,
    /** Draws, and gives the shape that comes in and goes out, and how long each addition is against the stream it is added to. */
    async draw({ gpt, ids, step }: Given, layer: number) {
      const { embDim } = gpt.config;
      const hooks = STATIONS.map(({ hook }) => `blocks.${layer}.${hook}`);
      const { activations } = await step(gpt.trace(ids, { hooks }));
      const points = STATIONS.map(({ hook, adds }) => {
        const data = activations[`blocks.${layer}.${hook}`]?.data ?? new Float32Array();
        const lengths = ids.map((_, t) => norm(row(data, t, embDim)));
        return { name: words.stations[hook], adds, length: lengths.reduce((a, b) => a + b, 0) / ids.length };
      });
      const shape = `[${ids.length}, ${embDim}]`;
      figure.caption(words.caption(shape));
      figure.draw(
        (width) =>
          plot({
            width,
            height: points.length * LINE,
            marginLeft: 150,
            marginRight: 48,
            x: { axis: null, domain: [0, Math.max(...points.map(({ length }) => length))] },
            y: { label: null, domain: points.map(({ name }) => name), tickSize: 0, padding: 0.3 },
            marks: [
              Plot.barX(points, {
                x: "length",
                y: "name",
                fill: ({ adds }) => (adds ? "var(--surprise)" : "transparent"),
                stroke: ({ adds }) => (adds ? "var(--surprise)" : "var(--soft)"),
              }),
              Plot.text(points, {
                x: "length",
                y: "name",
                text: ({ length }) => numbers.short(length),
                textAnchor: "start",
                dx: 6,
              }),
            ],
          }),
        points.map(({ name, length }) => words.station(name, numbers.short(length))).join(" "),
      );
      const [before, attention, between, feedForward] = points.map(({ length }) => length);
      return {
        shape,
        attention: (attention ?? 0) / (before || 1),
        feedForward: (feedForward ?? 0) / (between || 1),
      };
    },
  };
}
