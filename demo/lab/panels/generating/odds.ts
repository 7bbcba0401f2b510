import { element } from "../../../dom";
import { visible } from "../../../surprise";
import { entropy, largest, softmax } from "../../maths";
import type { Given, Place } from "../../panel";
import { shareCell, table } from "../../table";

const ROWS = 10;

/** A die of fewer would be none. */
const FEWEST_SIDES = 1.5;

/** What the model says after the sentence, and the likeliest tokens by name. */
export interface Scores {
  logits: Float32Array;
  best: readonly { id: number; text: string }[];
}

/** The last position's logits. */
export async function scoresOf({ gpt, ids, step }: Given): Promise<Scores> {
  const logits = await step(gpt.logits([...ids], { last: true }));
  const best = largest(logits, ROWS);
  const names = await step(Promise.all(best.map((id) => gpt.decode([id]))));
  return { logits, best: best.map((id, i) => ({ id, text: visible(names[i] ?? "") })) };
}

/** The likeliest tokens: their scores, and the probabilities that softmax makes of them at two temperatures. */
export function odds({ texts, numbers }: Place, control: HTMLElement) {
  const words = texts.panels.generating;
  const place = element("div");
  const spread = element("p", { class: "soft num" });
  const figure = element("figure", {}, element("figcaption", {}, words.odds), control, place, spread);
  const row = (name: Node | string, score: string, shares: readonly number[]) => [
    name,
    score,
    ...shares.map((share) => shareCell(share, numbers.percent(share))),
  ];
  return {
    element: figure,
    best({ logits, best: [first] }: Scores) {
      return { token: first?.text ?? "", probability: softmax(logits)[first?.id ?? 0] ?? 0 };
    },
    draw({ logits, best }: Scores, temperature: number) {
      const all = [softmax(logits), softmax(logits, temperature)];
      const rest = all.map((each) => 1 - best.reduce((sum, { id }) => sum + (each[id] ?? 0), 0));
      const { next, score, at } = words.columns;
      place.replaceChildren(
        table(
          [next, score, at(numbers.fixed(1, 1)), at(numbers.fixed(temperature, 1))],
          [
            ...best.map(({ id, text }) =>
              row(
                element("code", {}, text),
                numbers.fixed(logits[id] ?? 0, 1),
                all.map((each) => each[id] ?? 0),
              ),
            ),
            row(words.others(numbers.count(logits.length - best.length)), "", rest),
          ],
        ),
      );
      const [plain = 0, turned = 0] = all.map(entropy);
      const sides = 2 ** turned;
      spread.textContent = words[sides < FEWEST_SIDES ? "certain" : "spread"]({
        plain: numbers.bits(plain),
        turned: numbers.bits(turned),
        temperature: numbers.fixed(temperature, 1),
        sides: numbers.count(sides),
      });
    },
  };
}
