import { element } from "../../../dom";
import type { Given, Place } from "../../panel";
import { remembered } from "../../remembered";

const LENGTH = 20;

/** How the model writes on: always the likeliest token, and one drawn at the temperature. */
export function continuations({ texts, numbers, redraw }: Place) {
  const words = texts.panels.generating;
  const again = element("button", { type: "button", class: "small quiet" }, words.again);
  const how = element("p", { class: "soft" });
  const [greedy, sampled] = [element("p", { class: "written" }), element("p", { class: "written" })];
  let seed = 1;
  again.addEventListener("click", () => {
    seed += 1;
    redraw();
  });
  const best = remembered((given) => write(given, { temperature: 0 }));
  return {
    element: element(
      "figure",
      {},
      element("figcaption", {}, words.writes(LENGTH)),
      element("p", { class: "soft" }, words.greedy),
      greedy,
      element("div", { class: "bar" }, again, how),
      sampled,
    ),
    async draw(given: Given, temperature: number) {
      greedy.textContent = await best(given);
      const text = await write(given, { temperature, seed });
      how.textContent = words.sampled(numbers.fixed(temperature, 1), String(seed));
      sampled.textContent = text;
    },
  };
}

async function write(
  { gpt, ids, tokens, signal, step }: Given,
  options: { temperature: number; seed?: number },
): Promise<string> {
  const { text } = await step(Promise.resolve(gpt.generate(ids, { ...options, maxNewTokens: LENGTH, signal })));
  return `… ${tokens.at(-1)?.replace("␣", "") ?? ""}${text}`;
}
