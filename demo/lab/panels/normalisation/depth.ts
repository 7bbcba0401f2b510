import * as Plot from "@observablehq/plot";
import { createModel, type GPTConfigInput } from "../../../../src/index";
import { moments } from "../../maths";
import type { Given, Place } from "../../panel";
import { picture } from "../../picture";
import { plot } from "../../plots";
import { normsOf, withoutNorms } from "./norms";

/** Deep, narrow, untrained, and without shortcuts: nothing but the norms keeps its numbers in bounds. */
const DEEP: GPTConfigInput = {
  vocabSize: 64,
  contextLength: 16,
  embDim: 64,
  nHeads: 4,
  nLayers: 16,
  shortcuts: false,
};
const IDS = [0, 1, 2, 3, 4, 5, 6, 7];
/** Standard deviations of the weights; 1/√64 = 0.125 would keep a product's size. */
const STDS = [0.02, 0.4] as const;

/** Limits of single precision: the largest number, and the smallest above 0. */
const F32 = { most: 3.4e38, least: 1.4e-45 };

interface Line {
  std: number;
  normalised: boolean;
  /** Root mean square at each norm. */
  sizes: number[];
}

/** The models are always the same ones, so that their lines are measured once a visit. */
let measured: Line[] | undefined;

/** The block, from 1, in which numbers overflow or are all 0. */
export interface Ends {
  overflow: number;
  underflow: number;
}

/** The size of the numbers through two deep models, with norms and without. */
export function depth({ texts, numbers }: Place) {
  const words = texts.panels.normalisation;
  const figure = picture();
  figure.caption(
    words.depth(
      DEEP.nLayers,
      STDS.map((std) => numbers.fixed(std, 2)),
    ),
  );
  const chart = (lines: readonly Line[], ends: Ends, width: number) => {
    const points = lines.flatMap(({ std, normalised, sizes }) =>
      sizes
        .map((size, norm) => ({ block: norm / 2 + 1, size, line: `${std} ${normalised}`, normalised }))
        .filter(({ size }) => size > 0),
    );
    const [small, large] = lines
      .filter(({ normalised }) => !normalised)
      .map(({ std }) => points.filter(({ line }) => line === `${std} false`).slice(-1));
    const at = { x: "block", y: "size" };
    const limit = (size: number, text: string, dy: number) =>
      Plot.text([{ size }], { y: "size", text: () => text, frameAnchor: "left", dx: 4, dy });
    return plot({
      width,
      height: 300,
      marginLeft: 44,
      marginRight: 10,
      marginTop: 20,
      marginBottom: 36,
      x: { label: words.block, ticks: [1, 4, 8, 12, 16], domain: [1, DEEP.nLayers + 1] },
      y: {
        type: "log",
        domain: [1e-56, 1e40],
        ticks: [1e-40, 1e-20, 1, 1e20, 1e40],
        tickFormat: (size: number) => numbers.power(Math.log10(size)),
        label: words.size,
        labelArrow: "none",
      },
      marks: [
        Plot.ruleY([F32.most, F32.least], { stroke: "var(--soft)", strokeDasharray: "2 3" }),
        limit(F32.most, words.largest(numbers.short(F32.most)), 9),
        limit(F32.least, words.smallest(numbers.short(F32.least)), -8),
        Plot.line(points, {
          ...at,
          z: "line",
          stroke: ({ normalised }) => (normalised ? "var(--ink)" : "var(--surprise)"),
          strokeWidth: 1.5,
        }),
        Plot.dot([...(small ?? []), ...(large ?? [])], { ...at, r: 3, fill: "var(--surprise)" }),
        Plot.text(small, { ...at, dy: 11, textAnchor: "end", text: () => words.underflows(ends.underflow) }),
        Plot.text(large, { ...at, dy: -11, text: () => words.overflows(ends.overflow) }),
        Plot.text([{ block: DEEP.nLayers, size: 1e4 }], { ...at, textAnchor: "end", text: () => words.kept }),
      ],
    });
  };
  return {
    element: figure.element,
    async draw({ step }: Given, progress: Given["progress"]): Promise<Ends> {
      measured ??= await measure(step, progress);
      const lines = measured;
      const end = (large: boolean, over: (size: number) => boolean) => {
        const line = lines.find(({ normalised, std }) => !normalised && std === STDS[large ? 1 : 0]);
        return Math.floor((line?.sizes.findIndex(over) ?? 0) / 2) + 1;
      };
      const ends = { overflow: end(true, Number.isNaN), underflow: end(false, (size) => size === 0) };
      const kept = lines.filter(({ normalised }) => normalised).map(({ sizes }) => numbers.short(sizes.at(-1) ?? 0));
      figure.draw((width) => chart(lines, ends, width), words.depthAlternative({ ...ends, kept }));
      return ends;
    },
  };
}

async function measure(step: Given["step"], progress: Given["progress"]): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [nth, std] of STDS.entries()) {
    // The cache in f32, or it would be the first to overflow: f16 ends at 65,504.
    const gpt = await createModel(DEEP, { seed: 1, initStd: std, format: "f32", cacheFormat: "f32", threads: 1 });
    try {
      const hooks = normsOf(gpt.config).map(({ before }) => before);
      const { activations } = await step(gpt.trace(IDS, { hooks }));
      const sizes = hooks.map((hook) => moments(activations[hook]?.data ?? []).rms);
      lines.push({ std, normalised: true, sizes });
      const bare = await withoutNorms({ gpt, ids: IDS, step }, (share) => progress((nth + share) / STDS.length));
      lines.push({ std, normalised: false, sizes: bare.sizes });
    } finally {
      gpt.dispose();
    }
  }
  return lines;
}
