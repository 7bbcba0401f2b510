import * as Plot from "@observablehq/plot";
import type { GPTConfig } from "../../../../src/index";
import type { Place } from "../../panel";
import { picture } from "../../picture";
import { plot } from "../../plots";
import { type ActivationFunction, GELU, RELU } from "./functions";

/** The part of the axis on which the two differ; nearly all values lie there. */
const FROM = -5;
const TO = 3;
/** Dots on the curve: more would only lie on one another. */
const MOST_DOTS = 600;

/** The two curves with the last token's neurons on them, their slopes, and where the layer's values lie. */
export function curves({ texts, numbers }: Place) {
  const words = texts.panels.activations;
  const figure = picture();
  return {
    element: figure.element,
    draw(
      pre: Float32Array = new Float32Array(),
      post: Float32Array = new Float32Array(),
      config: GPTConfig,
      layer: number,
    ) {
      const { innerDim } = config;
      const every = Math.ceil(innerDim / MOST_DOTS);
      const last = pre.length - innerDim;
      const dots = Array.from({ length: innerDim }, (_, i) => ({ x: pre[last + i] ?? 0, y: post[last + i] ?? 0 }))
        .filter((_, i) => i % every === 0)
        .filter(({ x }) => x >= FROM && x <= TO);
      const negatives = numbers.percent(pre.filter((x) => x < 0).length / pre.length);
      const inside = pre.filter((x) => x >= FROM && x <= TO);
      figure.caption(words.curves(layer + 1, numbers.percent(1 - inside.length / pre.length)));
      const least = post.reduce((a, b) => Math.min(a, b), 0);
      const most = post.reduce((a, b) => Math.max(a, b), 0);
      figure.draw(
        (width) => {
          const shared = {
            width,
            marginLeft: 48,
            marginRight: 8,
            x: { domain: [FROM, TO], label: null, tickFormat: (x: number) => numbers.plain(x), ticks: 8 },
          };
          const drawing = document.createElement("div");
          drawing.append(
            plot({
              ...shared,
              height: 200,
              marginTop: 20,
              marginBottom: 24,
              y: {
                domain: [-0.4, TO],
                label: words.handsOn,
                labelArrow: "none",
                ticks: 4,
                tickFormat: (y: number) => numbers.plain(y),
              },
              marks: [
                Plot.ruleY([0], { stroke: "var(--line)" }),
                line(RELU, "of", "4 3"),
                line(GELU, "of"),
                Plot.dot(dots, { x: "x", y: "y", r: 2, fill: "var(--surprise)", fillOpacity: 0.5 }),
                label(RELU, "of", 1.3, -14, "end"),
                label(GELU, "of", 1.2, 16, "start"),
              ],
            }),
            plot({
              ...shared,
              height: 110,
              marginTop: 20,
              marginBottom: 10,
              x: { ...shared.x, axis: null },
              y: {
                domain: [-0.2, 1.2],
                label: words.slope,
                labelArrow: "none",
                ticks: [0, 1],
                tickFormat: (y: number) => numbers.plain(y),
              },
              marks: [Plot.ruleY([0], { stroke: "var(--line)" }), line(RELU, "slope", "4 3"), line(GELU, "slope")],
            }),
            plot({
              ...shared,
              height: 100,
              marginTop: 20,
              marginBottom: 34,
              x: { ...shared.x, label: words.given },
              y: { label: words.howMany, labelArrow: "none", ticks: 2, tickFormat: (n: number) => numbers.count(n) },
              marks: [
                Plot.rectY(inside, {
                  ...Plot.binX({ y: "count" }, { x: (x: number) => x, interval: 0.25 }),
                  fill: "var(--surprise)",
                  inset: 0.5,
                }),
                Plot.ruleX([0], { stroke: "var(--edge)" }),
                Plot.text([FROM], {
                  x: (x: number) => x,
                  frameAnchor: "top-left",
                  dx: 4,
                  text: () => words.below(negatives),
                }),
              ],
            }),
          );
          return drawing;
        },
        words.curvesAlternative({ negatives, least: numbers.fixed(least, 2), most: numbers.fixed(most, 1) }),
      );
    },
  };
}

const STEPS = 160;

function line(of: ActivationFunction, what: "of" | "slope", strokeDasharray?: string): Plot.Markish {
  const points = Array.from({ length: STEPS + 1 }, (_, i) => FROM + (i / STEPS) * (TO - FROM));
  const y = (x: number) => of[what](x);
  return Plot.line(points, { x: (x: number) => x, y, stroke: "var(--ink)", strokeWidth: 1.3, strokeDasharray });
}

function label(
  of: ActivationFunction,
  what: "of" | "slope",
  x: number,
  dx: number,
  textAnchor: "start" | "end",
): Plot.Markish {
  return Plot.text([x], {
    x: (at: number) => at,
    y: (at: number) => of[what](at),
    dx,
    textAnchor,
    text: () => of.name,
  });
}
