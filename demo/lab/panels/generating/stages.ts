import type { GenerateOptions } from "../../../../src/index";
import { element } from "../../../dom";
import type { Given, Place } from "../../panel";
import { shareCell, table } from "../../table";

/** Each filter alone, at a setting in use. */
const FILTERS = { topK: 10, topP: 0.9, minP: 0.1 } as const;
const NAMES = ["topK", "topP", "minP"] as const;

/** How many tokens each filter leaves for the draw, and the probability of those that it removes. */
export function stages({ texts, numbers }: Place) {
  const words = texts.panels.generating;
  const caption = element("figcaption");
  const place = element("div");
  return {
    element: element("figure", {}, caption, place),
    async draw({ gpt, ids, signal, step }: Given, temperature: number) {
      const rows: (readonly (Node | string)[])[] = [];
      for (const name of NAMES) {
        const options = { temperature, [name]: FILTERS[name], maxNewTokens: 1, stopTokens: [], stats: true, seed: 1 };
        const { kept, removed } = await step(filtered({ gpt, ids }, name, { ...options, signal }));
        rows.push([
          element("div", {}, element("code", {}, `${name}: ${FILTERS[name]}`), " ", words.keeps[name]),
          numbers.count(kept),
          shareCell(removed, numbers.percent(removed)),
        ]);
      }
      caption.textContent = words.filters(numbers.fixed(temperature, 1));
      const { filter, kept, removed } = words.filterColumns;
      place.replaceChildren(table([filter, kept, removed], rows));
    },
  };
}

/** What the generator itself reports of one of its stages. */
async function filtered(
  { gpt, ids }: Pick<Given, "gpt" | "ids">,
  stage: keyof typeof FILTERS,
  options: GenerateOptions,
): Promise<{ kept: number; removed: number }> {
  for await (const { stages = [] } of gpt.generate(ids, options).tokens()) {
    const report = stages.find((each) => each.stage === stage);
    if (report) return report;
  }
  // A filter that would keep every token of a small vocabulary is no stage at all.
  return { kept: gpt.config.vocabSize, removed: 0 };
}
