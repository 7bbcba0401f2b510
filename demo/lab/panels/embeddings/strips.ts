import * as Plot from "@observablehq/plot";
import { norm, row } from "../../maths";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { AS_IT_IS, type Cell, cells, plot } from "../../plots";

const PARTS = [
  ["token", "embed"],
  ["position", "pos_embed"],
  ["sum", "blocks.0.resid_pre"],
] as const;

/** Rows that are shown, and numbers of each. */
const MOST_ROWS = 12;
const NUMBERS = 32;

/** The three rows of each token as strips, with their lengths. */
export function strips({ texts, numbers }: Place) {
  const words = texts.panels.embeddings;
  const figure = picture();
  return {
    element: figure.element,
    async draw({ gpt, ids, tokens, step }: Given): Promise<void> {
      const { activations } = await step(gpt.trace(ids, { hooks: PARTS.map(([, hook]) => hook) }));
      const width = gpt.config.embDim;
      const shown = Math.min(NUMBERS, width);
      const names = tokens.slice(0, MOST_ROWS).map((token, t) => `${t} ${token}`);
      const of = PARTS.map(([part, hook]) => {
        const { data } = activations[hook] ?? { data: new Float32Array() };
        const rows = tokens.map((_, t) => row(data, t, width));
        return { name: words.parts[part], rows, norms: rows.map(norm) };
      });
      const data: Cell[] = of.flatMap(({ name, rows }) =>
        names.flatMap((y, t) =>
          Array.from((rows[t] ?? new Float32Array()).subarray(0, shown), (value, x) => ({ fx: name, x, y, value })),
        ),
      );
      const lengths = of.flatMap(({ name, norms }) =>
        names.map((y, t) => ({ fx: name, y, text: numbers.fixed(norms[t] ?? 0, 1) })),
      );
      const full = quantile(
        data.map(({ value }) => Math.abs(value)),
        0.98,
      );
      const alternative = words.stripsAlternative(
        names.map((name, t) =>
          words.stripRow(
            name,
            of.map(({ norms }) => numbers.fixed(norms[t] ?? 0, 1)),
          ),
        ),
      );
      figure.caption(words.strips(shown, numbers.count(width)));
      figure.draw((available) => {
        const narrow = available < 560;
        return plot({
          ...AS_IT_IS,
          width: available,
          height: 34 + names.length * 20,
          marginLeft: narrow ? 70 : 96,
          marginTop: 22,
          fx: { label: null, axis: "top", domain: of.map(({ name }) => name), padding: narrow ? 0.04 : 0.06 },
          x: { axis: null, domain: Array.from({ length: shown + (narrow ? 12 : 7) }, (_, x) => x), padding: 0 },
          y: { label: null, domain: names, tickSize: 0, padding: 0.15 },
          marks: [
            ...cells(data, full, { inset: 0, insetRight: narrow ? 0 : 0.25 }),
            Plot.text(lengths, { fx: "fx", y: "y", text: "text", frameAnchor: "right", fontVariant: "tabular-nums" }),
          ],
        });
      }, alternative);
    },
  };
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 1;
}
