import * as Plot from "@observablehq/plot";
import { type Moments, moments } from "../../maths";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { plot } from "../../plots";
import { normsOf, rowsOf } from "./norms";

/** One token's row at one norm. */
export interface Measured {
  norm: number;
  token: number;
  before: Moments;
  after: Moments;
  /** The row itself, before. */
  row: Float32Array;
}

export interface AllMeasured {
  rows: Measured[];
  /** The least and the largest variance before a norm. */
  least: number;
  most: number;
}

/** Mean and variance of every token's row, before each norm and after it. */
export function beforeAfter({ texts, numbers }: Place) {
  const words = texts.panels.normalisation;
  const figure = picture();
  figure.caption(words.rows);
  return {
    element: figure.element,
    async draw({ gpt, ids, tokens, step }: Given): Promise<AllMeasured> {
      const norms = normsOf(gpt.config);
      const hooks = norms.flatMap(({ before, after }) => [before, after]);
      const { activations } = await step(gpt.trace(ids, { hooks }));
      const rows = norms.flatMap(({ before, after }, norm) => {
        const [from, to] = [activations[before], activations[after]].map((part) => (part ? rowsOf(part) : []));
        return (from ?? []).map((row, token) => ({
          norm,
          token,
          row,
          before: moments(row),
          after: moments(to?.[token] ?? []),
        }));
      });
      const variances = rows.map(({ before }) => before.variance);
      const [least, most] = [Math.min(...variances), Math.max(...variances)];
      const dots = (["before", "after"] as const).flatMap((side) =>
        rows.map(({ norm, token, [side]: { mean, variance } }) => ({ side: words[side], norm, token, mean, variance })),
      );
      const after = rows.map((row) => row.after);
      const alternative = words.rowsAlternative({
        least: numbers.short(least),
        most: numbers.short(most),
        means: numbers.short(Math.max(...rows.map(({ before }) => Math.abs(before.mean)))),
        after: numbers.fixed(after.reduce((sum, { variance }) => sum + variance, 0) / after.length, 3),
        afterMeans: numbers.short(Math.max(...after.map(({ mean }) => Math.abs(mean)))),
      });
      const decades = tensAround(Math.min(1, least), Math.max(1, most));
      figure.draw((width) => {
        const shared: Plot.PlotOptions = {
          width,
          marginLeft: 52,
          marginRight: 8,
          fx: { label: null, axis: "top", domain: [words.before, words.after], padding: 0.08 },
          x: {
            domain: [-0.5, norms.length - 0.5],
            ticks: layerTicks(gpt.config.nLayers, width),
            tickFormat: (norm) => String(norm / 2 + 1),
            tickSize: 3,
            label: words.layer,
          },
        };
        const marks = (of: "mean" | "variance") => [
          Plot.line(dots, {
            fx: "side",
            x: "norm",
            y: of,
            z: "token",
            stroke: "var(--soft)",
            strokeOpacity: 0.35,
            strokeWidth: 1,
          }),
          Plot.dot(dots, { fx: "side", x: "norm", y: of, r: 1.6, fill: "var(--surprise)" }),
        ];
        // The first token's row grows far beyond the others' in trained models; its label says whose line that is.
        const firstToken = Plot.text(
          dots.filter(({ norm, token, side }) => norm === 2 && token === 0 && side === words.before),
          { fx: "side", x: "norm", y: "variance", text: () => tokens[0], dy: -9 },
        );
        const drawing = document.createElement("div");
        drawing.append(
          plot({
            ...shared,
            height: 210,
            marginTop: 24,
            marginBottom: 8,
            x: { ...shared.x, axis: null },
            y: {
              type: "log",
              label: words.variance,
              labelArrow: "none",
              domain: [decades[0], decades.at(-1)],
              ticks: decades,
              tickFormat: (n: number) => numbers.plain(n),
              grid: true,
            },
            marks: [...marks("variance"), firstToken],
          }),
          plot({
            ...shared,
            fx: { ...shared.fx, axis: null },
            height: 140,
            marginTop: 20,
            marginBottom: 36,
            y: {
              label: words.mean,
              labelArrow: "none",
              tickFormat: (n: number) => numbers.plain(n),
              ticks: 3,
              grid: true,
            },
            marks: marks("mean"),
          }),
        );
        return drawing;
      }, alternative);
      return { rows, least, most };
    },
  };
}

/** The first norm of each layer, or of some where the layers are many. */
function layerTicks(layers: number, width: number): number[] {
  const every = Math.ceil(layers / (width / 60));
  return Array.from({ length: layers }, (_, layer) => 2 * layer).filter((_, layer) => layer % every === 0);
}

/** Powers of ten from below `least` to above `most`. */
function tensAround(least: number, most: number): number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most) + 0.01)];
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}
