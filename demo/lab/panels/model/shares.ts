import { GPT_CONFIG_124M } from "../../../../src/index";
import { element } from "../../../dom";
import type { Place } from "../../panel";
import { shareCell, table } from "../../table";
import { PARTS, type Part, partsOf } from "./parts";

/** Where the parameters are, in this model and in the chapter's. */
export function shares({ texts, numbers }: Place) {
  const words = texts.panels.model;
  const place = element("div");
  return {
    element: element("figure", {}, element("figcaption", {}, words.shares), place),
    draw(counted: Record<Part, number>) {
      const columns = [counted, partsOf(GPT_CONFIG_124M)].map((parts) => ({
        parts,
        total: PARTS.reduce((sum, part) => sum + parts[part], 0),
      }));
      const cell = (count: number, total: number) =>
        shareCell(count / total, `${numbers.count(count)} · ${numbers.percent(count / total)}`);
      place.replaceChildren(
        table(
          [words.part, words.thisModel, words.small],
          [
            ...PARTS.map((part) => [words.parts[part], ...columns.map(({ parts, total }) => cell(parts[part], total))]),
            [words.total, ...columns.map(({ total }) => numbers.count(total))],
          ],
        ),
      );
    },
  };
}
