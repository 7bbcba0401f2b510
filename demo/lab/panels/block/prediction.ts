import type { Effect } from "../../../../src/index";
import { element } from "../../../dom";
import { visible } from "../../../surprise";
import type { Place } from "../../panel";
import { shareCell, table } from "../../table";

const SHOWN = 5;

/** The likeliest next tokens, with the block and without it. */
export function prediction({ texts, numbers }: Place) {
  const words = texts.panels.block;
  const place = element("figure");
  return {
    element: place,
    draw(effect: Effect | undefined, layer: number) {
      const likeliest = (effect?.top ?? [])
        .map(({ text, before, after }) => ({ text, before: Math.exp(before), after: Math.exp(after) }))
        .sort((a, b) => Math.max(b.before, b.after) - Math.max(a.before, a.after))
        .slice(0, SHOWN);
      const cell = (p: number) => shareCell(p, numbers.percent(p));
      place.replaceChildren(
        element("figcaption", {}, words.prediction(layer + 1)),
        table(
          [words.token, words.with, words.without],
          likeliest.map(({ text, before, after }) => [element("code", {}, visible(text)), cell(before), cell(after)]),
        ),
      );
    },
  };
}
