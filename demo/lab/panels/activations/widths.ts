import * as Plot from "@observablehq/plot";
import type { GPTConfig } from "../../../../src/index";
import { row } from "../../maths";
import type { Place } from "../../panel";
import { picture } from "../../picture";
import { AS_IT_IS, type Cell, cells, plot } from "../../plots";

/** Numbers shown of a row that is as wide as the model; of the neurons, as many times more as there are. */
const NUMBERS = 24;

/** What the last token's row is before the feed-forward, inside it, and after. */
export interface Inside {
  normalized: Float32Array | undefined;
  post: Float32Array | undefined;
  out: Float32Array | undefined;
}

/** One row on its way from 1× to 4× the width and back. */
export function widths({ texts, numbers }: Place) {
  const words = texts.panels.activations;
  const figure = picture();
  return {
    element: figure.element,
    draw({ normalized, post, out }: Inside, positions: number, { embDim, innerDim }: GPTConfig, token: string) {
      const times = innerDim / embDim;
      const parts = [
        { name: words.in(numbers.count(embDim)), data: normalized, width: embDim, shown: NUMBERS },
        {
          name: words.neuronsOf(numbers.count(innerDim)),
          data: post,
          width: innerDim,
          shown: Math.round(NUMBERS * times),
        },
        { name: words.out(numbers.count(embDim)), data: out, width: embDim, shown: NUMBERS },
      ];
      const most = Math.max(...parts.map(({ shown }) => shown));
      const strips = parts.map(({ name, data = new Float32Array(), width, shown }) => {
        const values = row(data, positions - 1, width);
        const full = Math.max(...values.map(Math.abs)) / 2 || 1;
        const first = Math.floor((most - shown) / 2);
        return {
          negatives: values.filter((x) => x < 0).length / width,
          name,
          cells: Array.from(
            values.subarray(0, shown),
            (value, i): Cell => ({ x: first + i, y: name, value: value / full }),
          ),
        };
      });
      figure.caption(words.widths(`\`${token}\``, NUMBERS, Math.round(NUMBERS * times), numbers.plain(times)));
      figure.draw(
        (width) => {
          return plot({
            ...AS_IT_IS,
            width,
            height: 190,
            marginTop: 16,
            x: { axis: null, domain: Array.from({ length: most }, (_, x) => x), padding: 0 },
            y: { axis: null, domain: parts.map(({ name }) => name), padding: 0.6 },
            marks: [
              ...cells(
                strips.flatMap((strip) => strip.cells),
                1,
                { inset: 0, insetRight: 0.3 },
              ),
              Plot.text(parts, { x: () => Math.floor(most / 2), y: "name", text: "name", dy: -19 }),
            ],
          });
        },
        strips.map(({ name, negatives }) => words.strip(name, numbers.percent(negatives))).join(" "),
      );
    },
  };
}
