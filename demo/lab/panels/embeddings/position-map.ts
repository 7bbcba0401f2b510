import * as Plot from "@observablehq/plot";
import type { GPT } from "../../../../src/index";
import { cosine, row } from "../../maths";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { AS_IT_IS, cells, plot } from "../../plots";

/** Squares along a side of the map. */
const SIDE = 32;

interface Map {
  step: number;
  positions: number;
  /** Cosines [side, side]. */
  rows: number[][];
}

/** How alike the positions' rows are, each with each. */
export function positionMap({ texts, numbers }: Place) {
  const words = texts.panels.embeddings;
  const figure = picture();
  const known = new WeakMap<GPT, Map>();
  return {
    element: figure.element,
    async draw({ gpt, step }: Given): Promise<void> {
      const map = known.get(gpt) ?? (await step(alikeness(gpt)));
      known.set(gpt, map);
      const { rows } = map;
      const means = words.mapMeans(
        map.step,
        numbers.fixed(meanApart(rows, 1), 2),
        numbers.count(map.positions / 2),
        numbers.fixed(meanApart(rows, Math.floor(rows.length / 2)), 2),
      );
      const data = rows.flatMap((line, y) => line.map((value, x) => ({ x: x * map.step, y: y * map.step, value })));
      figure.caption(`${words.map(map.step, numbers.count(map.positions))} ${means}`);
      figure.draw((available) => {
        const side = Math.min(available, 420);
        const ticks = rows.map((_, i) => i * map.step).filter((_, i) => i % 8 === 0);
        return plot({
          ...AS_IT_IS,
          width: side,
          height: side,
          marginLeft: 40,
          marginTop: 34,
          x: { label: words.position, axis: "top", ticks, tickSize: 0, padding: 0, labelAnchor: "left" },
          y: { label: null, ticks, tickSize: 0, padding: 0 },
          marks: [
            ...cells(data, 1, { inset: 0 }),
            Plot.dot(
              data.filter(({ value }) => value < -0.1),
              { x: "x", y: "y", r: 1, fill: "var(--ink)" },
            ),
          ],
        });
      }, means);
    },
  };
}

/** Mean cosine of squares so many apart. */
function meanApart(rows: readonly (readonly number[])[], apart: number): number {
  const pairs = rows.slice(apart).map((line, i) => line[i] ?? 0);
  return pairs.reduce((sum, cosine) => sum + cosine, 0) / pairs.length;
}

/** Reads a text as long as the model can: only so a trace has every position's row. */
async function alikeness(gpt: GPT): Promise<Map> {
  const { contextLength: positions, embDim } = gpt.config;
  const { activations } = await gpt.trace(new Int32Array(positions), { hooks: ["pos_embed"] });
  const { data } = activations.pos_embed ?? { data: new Float32Array() };
  const step = Math.max(1, Math.floor(positions / SIDE));
  const some = Array.from({ length: Math.ceil(positions / step) }, (_, i) => row(data, i * step, embDim));
  return { step, positions, rows: some.map((a) => some.map((b) => cosine(a, b))) };
}
