import { element, marked } from "../../../dom";
import { type Moments, moments } from "../../maths";
import type { Place } from "../../panel";
import { table } from "../../table";
import type { AllMeasured, Measured } from "./before-after";

/** LayerNorm beside RMSNorm, on the row whose mean is farthest from 0, in standard deviations. */
export function twoNorms({ texts, numbers }: Place) {
  const words = texts.panels.normalisation;
  const caption = element("figcaption");
  const place = element("div");
  return {
    element: element("figure", {}, caption, place),
    draw({ rows }: AllMeasured, tokens: readonly string[]): void {
      const farthest = rows.reduce((most, row) => (slant(row) > slant(most) ? row : most));
      const { mean, variance, rms } = farthest.before;
      const layered = moments(farthest.row.map((x) => (x - mean) / Math.sqrt(variance)));
      const rooted = moments(farthest.row.map((x) => x / rms));
      const name = `\`${tokens[farthest.token] ?? ""}\``;
      const difference = numbers.percent(rows.reduce((sum, row) => sum + apart(row.before), 0) / rows.length);
      const text = words.two(name, Math.floor(farthest.norm / 2) + 1, farthest.norm % 2 === 0, difference);
      caption.replaceChildren(...marked(text));
      const line = (head: string, { mean, variance, rms }: Moments) => [
        head,
        ...[mean, variance, rms].map((n) => numbers.fixed(n, 3)),
      ];
      place.replaceChildren(
        table(
          ["", words.mean, words.variance, words.rms],
          [line(words.before, farthest.before), line("LayerNorm", layered), line("RMSNorm", rooted)],
        ),
      );
    },
  };
}

/** How far a row's mean is from 0, in standard deviations. */
function slant({ before: { mean, variance } }: Measured): number {
  return Math.abs(mean) / Math.sqrt(variance);
}

/**
 * |LayerNorm(x) − RMSNorm(x)| / |LayerNorm(x)|: with unit lengths u and v of the row without and with its mean, |u − v|;
 * their cosine is σ/rms.
 */
function apart({ variance, rms }: Moments): number {
  return Math.sqrt(2 - (2 * Math.sqrt(variance)) / rms);
}
