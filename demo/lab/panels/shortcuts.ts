import * as Plot from "@observablehq/plot";
import { type ShortcutGradients, shortcutGradients } from "../../../src/index";
import { element } from "../../dom";
import type { Panel, Place } from "../panel";
import { picker } from "../picker";
import { picture } from "../picture";
import { plot } from "../plots";

/** Seeds of the network's weights: the book's, and some more to see that it is no accident. */
const SEEDS = [123, 1, 2, 3, 4] as const;

/** Layers of the book's network, each 3 wide but the last, and of the deepest that is offered; in fewer, what the answer says does not hold for every seed. */
const LAYERS = 5;
const MOST_LAYERS = 20;
const WIDTH = 3;

/** Where a line's name stands: at this share of the layers. */
const LABELS = [
  { kind: "with", at: 0.4, dy: -14 },
  { kind: "without", at: 0.8, dy: 16 },
] as const;

/** How large the gradient is in each layer of section 4.4's network, or a deeper one, with shortcuts and without. */
export const shortcuts: Panel = {
  key: "shortcuts",
  hooks: [],
  source: "worker/inspect/shortcut-gradients.ts",
  build(place) {
    const { texts, numbers, body, answer, redraw } = place;
    const words = texts.panels.shortcuts;
    const select = element("select", {}, ...SEEDS.map((seed) => element("option", {}, words.seed(seed))));
    select.addEventListener("change", redraw);
    const layers = picker(words.layers, 0, redraw, LAYERS);
    layers.offer(MOST_LAYERS - LAYERS + 1);
    const bars = gradients(place);
    body.replaceChildren(
      element("div", { class: "bar" }, element("label", { class: "picker" }, words.weights, select), layers.element),
      bars.element,
    );
    return async ({ step, signal }) => {
      const seed = SEEDS[select.selectedIndex] ?? SEEDS[0];
      const sizes = [...new Array<number>(LAYERS + layers.value).fill(WIDTH), 1];
      const found = await step(shortcutGradients({ seed, sizes, signal }));
      bars.draw(found);
      const [first, last] = [found.without, found.with].map(
        ({ meanAbsoluteGradients: g }) => (g[0] ?? 0) / (g.at(-1) ?? 1),
      );
      answer(words.answer({ without: numbers.percent(first ?? 0), with: numbers.percent(last ?? 0) }));
    };
  },
};

/** One line without shortcuts and one with: mean absolute gradient over the layers, on a scale of powers of ten. */
function gradients({ texts, numbers }: Place) {
  const words = texts.panels.shortcuts;
  const figure = picture();
  figure.caption(words.caption);
  return {
    element: figure.element,
    draw(found: ShortcutGradients): void {
      const lines = (["with", "without"] as const).map((kind) => ({
        name: words[kind],
        color: kind === "with" ? "var(--surprise)" : "var(--soft)",
        values: found[kind].meanAbsoluteGradients,
      }));
      const points = lines.flatMap(({ name, color, values }) =>
        values.map((value, i) => ({ layer: i + 1, value, name, color })),
      );
      const count = points.length / lines.length;
      const paint = (width: number) =>
        plot({
          width,
          height: 240,
          marginLeft: 84,
          marginBottom: 32,
          marginRight: 12,
          color: { type: "identity" },
          x: { label: texts.layer, ticks: count > 10 ? 5 : count, tickFormat: String },
          y: { type: "log", label: null, grid: true, ticks: 4, tickFormat: (value: number) => numbers.short(value) },
          marks: [
            Plot.lineY(points, { x: "layer", y: "value", stroke: "color", z: "name", strokeWidth: 2 }),
            Plot.dot(points, { x: "layer", y: "value", fill: "color", r: 3.5 }),
            // Each name stands on the outer side of its line, where that is free.
            ...LABELS.map(({ kind, at, dy }) =>
              Plot.text(
                points.filter((point) => point.name === words[kind] && point.layer === Math.ceil(at * count)),
                { x: "layer", y: "value", text: "name", dy, fill: "var(--ink)" },
              ),
            ),
          ],
        });
      const alternative = lines
        .map(({ name, values }) => words.line(name, count, values.map((value) => numbers.short(value)).join(", ")))
        .join(" ");
      figure.draw(paint, alternative);
    },
  };
}
