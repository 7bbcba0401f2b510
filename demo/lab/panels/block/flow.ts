import * as Plot from "@observablehq/plot";
import { norm, row } from "../../maths";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { plot } from "../../plots";

const PARTS = ["resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post"] as const;
type Part = (typeof PARTS)[number];

/** What went through a block. */
export interface Went {
  /** `12 × 256`, the same before and after. */
  shape: string;
  /** How long the last token's row is at each place, √Σx². */
  lengths: Record<Part, number>;
}

/** Pixels of the drawing: where the stream runs, and where each half leaves it and is added. */
const HEIGHT = 400;
const STREAM = { x: 92, from: 26, to: 374 };
const HALVES = [
  { leaves: 66, added: 186 },
  { leaves: 214, added: 334 },
] as const;
const BOX = { width: 130, height: 30 };
/** The longest row's line; the others are thinner in proportion. */
const THICKEST = 9;

/** A block as a drawing: the stream runs down, and each half reads it and adds to it. */
export function flow({ texts, numbers }: Place) {
  const words = texts.panels.block;
  const figure = picture();
  return {
    element: figure.element,
    async draw({ gpt, ids, tokens, step }: Given, layer: number): Promise<Went> {
      const hooks = PARTS.map((part) => `blocks.${layer}.${part}`);
      const { activations } = await step(gpt.trace(ids, { hooks }));
      const length = (part: Part) => {
        const { data = new Float32Array() } = activations[`blocks.${layer}.${part}`] ?? {};
        return norm(row(data, ids.length - 1, gpt.config.embDim));
      };
      const lengths = {
        resid_pre: length("resid_pre"),
        attn_out: length("attn_out"),
        resid_mid: length("resid_mid"),
        mlp_out: length("mlp_out"),
        resid_post: length("resid_post"),
      };
      const shapeOf = (part: Part) => (activations[`blocks.${layer}.${part}`]?.shape ?? []).join(" × ");
      const written = (part: Part) => numbers.short(lengths[part]);
      figure.caption(words.flow(`\`${tokens.at(-1) ?? ""}\``));
      figure.draw(
        (width) => chart(width, lengths),
        words.flowAlternative({
          shape: shapeOf("resid_post"),
          from: written("resid_pre"),
          attention: written("attn_out"),
          middle: written("resid_mid"),
          feedForward: written("mlp_out"),
          to: written("resid_post"),
        }),
      );
      return { shape: shapeOf("resid_post"), lengths };

      function chart(width: number, of: Record<Part, number>): Element {
        const longest = Math.max(...Object.values(of)) || 1;
        const thick = (part: Part) => Math.max(1, (THICKEST * of[part]) / longest);
        const right = Math.min(STREAM.x + 190, width - BOX.width / 2 - 2);
        const line = (points: readonly (readonly [number, number])[], options: Plot.LineOptions) =>
          Plot.line(points, { strokeLinejoin: "round", ...options });
        const text = (at: readonly [number, number], words: string, options: Plot.TextOptions = {}) =>
          Plot.text([at], { text: () => words, ...options });
        const down = (from: number, to: number, part: Part) => [
          line(
            [
              [STREAM.x, from],
              [STREAM.x, to],
            ],
            { stroke: "var(--edge)", strokeWidth: thick(part) },
          ),
          text([STREAM.x - 14, (from + to) / 2], written(part), { textAnchor: "end" }),
        ];
        const box = (y: number, name: string) => [
          Plot.rect([y], {
            x1: right - BOX.width / 2,
            x2: right + BOX.width / 2,
            y1: y - BOX.height / 2,
            y2: y + BOX.height / 2,
            fill: "var(--card)",
            stroke: "var(--edge)",
            rx: 4,
          }),
          text([right, y], name),
        ];
        const half = ({ leaves, added }: (typeof HALVES)[number], name: string, part: Part) => [
          line(
            [
              [STREAM.x, leaves],
              [right, leaves],
              [right, added - 30],
            ],
            { stroke: "var(--edge)", strokeWidth: 1 },
          ),
          line(
            [
              [right, added - 30],
              [right, added],
              [STREAM.x, added],
            ],
            { stroke: "var(--surprise)", strokeWidth: thick(part) },
          ),
          ...box(leaves + 32, words.norm),
          ...box(leaves + 80, name),
          text([STREAM.x + 16, added - 14], `+ ${written(part)}`, { textAnchor: "start" }),
          Plot.dot([[STREAM.x, added]], { r: 9, fill: "var(--paper)", stroke: "var(--edge)" }),
          text([STREAM.x, added], "+", { fontWeight: 600 }),
        ];
        const [attend, feed] = HALVES;
        return plot(
          {
            width,
            height: HEIGHT,
            marginTop: 0,
            marginBottom: 0,
            marginLeft: 0,
            x: { axis: null, domain: [0, width], range: [0, width] },
            y: { axis: null, domain: [0, HEIGHT], range: [0, HEIGHT] },
            marks: [
              ...down(STREAM.from, attend.added, "resid_pre"),
              ...down(attend.added, feed.added, "resid_mid"),
              ...down(feed.added, STREAM.to, "resid_post"),
              ...half(attend, words.attention, "attn_out"),
              ...half(feed, words.feedForward, "mlp_out"),
              text([STREAM.x, 12], words.in(shapeOf("resid_pre"))),
              text([STREAM.x, HEIGHT - 10], words.out(shapeOf("resid_post"))),
            ],
          },
          13,
        );
      }
    },
  };
}
