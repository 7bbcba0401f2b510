import * as Plot from "@observablehq/plot";
import { element, marked } from "../../../dom";
import { largest } from "../../maths";
import type { Place } from "../../panel";
import { picture } from "../../picture";
import { AS_IT_IS, type Cell, cells, plot } from "../../plots";
import { tokenRow } from "../../token-row";
import type { Pattern } from "./patterns";

/** How many of the tokens it looks at most are named. */
const NAMED = 3;

/** One head: the sentence, in which a token can be asked where it looks, and the whole pattern as a map. */
export function looking({ texts, numbers }: Place) {
  const words = texts.panels.attention;
  const said = element("p", { class: "num", role: "status" });
  const row = tokenRow(words.tokens, () => ask());
  const figure = picture();
  let ask = () => {};

  return {
    element: element(
      "div",
      { class: "body" },
      element("figure", {}, element("figcaption", {}, ...marked(words.ask)), row.element, said),
      figure.element,
    ),
    draw(pattern: Pattern, tokens: readonly string[], { layer, head }: { layer: number; head: number }): void {
      row.show(tokens);
      const names = tokens.map((token, t) => `${t} ${token}`);
      const data = pattern.flatMap((line, y) =>
        Array.from(line.subarray(0, y + 1), (value, x): Cell => ({ x: names[x] ?? "", y: names[y] ?? "", value })),
      );
      const looks = (t: number, count: number) =>
        largest((pattern[t] ?? new Float32Array()).subarray(0, t + 1), count).map((at) =>
          words.look(tokens[at] ?? "", numbers.percent(pattern[t]?.[at] ?? 0)),
        );
      const alternative = `${words.map(layer + 1, head + 1)} ${tokens
        .map((token, t) => `${token}: ${looks(t, 1).join("").replaceAll("`", "")}.`)
        .join(" ")}`;
      figure.caption(words.map(layer + 1, head + 1));
      ask = () => {
        const { chosen } = row;
        row.shade(pattern[chosen] ?? []);
        said.replaceChildren(...marked(words.looks(`\`${tokens[chosen] ?? ""}\``, looks(chosen, NAMED))));
        figure.draw((width) => map(data, names, chosen, width), alternative);
      };
      ask();
    },
  };
}

/** The pattern as squares, the line of the chosen token framed. */
function map(data: readonly Cell[], names: readonly string[], chosen: number, width: number): Element {
  const longest = Math.max(...names.map((name) => word(name).length));
  const left = Math.min(0.25 * width, 16 + 7.5 * longest);
  const side = Math.min(width - left, 26 * names.length);
  const axis = { label: null, domain: names, tickSize: 0, tickFormat: word, padding: 0 };
  const letters = side / names.length < 14 ? 10 : 12;
  return plot(
    {
      ...AS_IT_IS,
      width: left + side,
      height: side + left,
      marginLeft: left,
      marginTop: left - 4,
      x: { ...axis, axis: "top", tickRotate: -90 },
      y: axis,
      marks: [
        ...cells(data, 1),
        Plot.cell(
          data.filter(({ y }) => y === names[chosen]),
          { x: "x", y: "y", fill: "none", stroke: "var(--accent)", inset: 0.5 },
        ),
      ],
    },
    letters,
  );
}

/** `7 ␣fox` → `␣fox`: the number only keeps equal tokens apart. */
function word(name: string): string {
  return name.slice(name.indexOf(" ") + 1);
}
