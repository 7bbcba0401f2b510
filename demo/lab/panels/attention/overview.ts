import * as Plot from "@observablehq/plot";
import type { Place } from "../../panel";
import { picture } from "../../picture";
import { AS_IT_IS, cells, plot } from "../../plots";
import { type Habits, habitsOf, type Pattern } from "./patterns";

const KINDS = ["first", "previous", "itself"] as const;

/** The habits of all heads: to the first token, to the one before, to itself. */
export function overview({ texts, numbers }: Place) {
  const words = texts.panels.attention;
  const figure = picture();
  figure.caption(words.overview);
  return {
    element: figure.element,
    /** Draws, and gives the means over all heads. */
    draw(patterns: readonly (readonly Pattern[])[], chosen: { layer: number; head: number }): Habits {
      const habits = patterns.map((heads) => heads.map(habitsOf));
      const heads = habits[0]?.length ?? 0;
      const data = KINDS.flatMap((kind) =>
        habits.flatMap((layer, l) =>
          layer.map((head, h) => ({ fx: words.kinds[kind], x: h + 1, y: l + 1, value: head[kind] })),
        ),
      );
      const mean = (kind: keyof Habits) =>
        habits.flat().reduce((sum, head) => sum + head[kind], 0) / (heads * habits.length);
      const means = { first: mean("first"), previous: mean("previous"), itself: mean("itself") };
      figure.draw(
        (width) => {
          const roomy = width / (heads * KINDS.length) > 24;
          return plot({
            ...AS_IT_IS,
            width,
            height: 72 + habits.length * 24,
            marginLeft: 24,
            marginTop: 34,
            marginBottom: 38,
            fx: { label: null, axis: "top", domain: KINDS.map((kind) => words.kinds[kind]), padding: 0.08 },
            x: { label: texts.head.toLowerCase(), tickSize: 0, padding: 0, ticks: roomy ? undefined : [] },
            y: { label: texts.layer.toLowerCase(), labelAnchor: "top", labelArrow: "none", tickSize: 0, padding: 0 },
            marks: [
              // Washed out, so that the numbers on it can be read in both themes.
              ...cells(data, 1, { inset: 0.5, fill: roomy ? "var(--wash)" : "var(--surprise)" }),
              ...(roomy
                ? [
                    Plot.text(data, {
                      fx: "fx",
                      x: "x",
                      y: "y",
                      text: ({ value }) => numbers.count(value * 100),
                      fontVariant: "tabular-nums",
                    }),
                  ]
                : []),
              Plot.cell(
                data.filter(({ x, y }) => x === chosen.head + 1 && y === chosen.layer + 1),
                { fx: "fx", x: "x", y: "y", fill: "none", stroke: "var(--accent)", strokeWidth: 1.5 },
              ),
            ],
          });
        },
        words.overviewAlternative({
          first: numbers.percent(means.first),
          previous: numbers.percent(means.previous),
          itself: numbers.percent(means.itself),
        }),
      );
      return means;
    },
  };
}
