import { createModel } from "../../../../src/index";
import { element } from "../../../dom";
import { entropy, softmax } from "../../maths";
import type { Given, Place } from "../../panel";
import { remembered } from "../../remembered";
import { shareCell, table } from "../../table";

const SEED = 1;
/** An untrained model of more parameters would take longer to draw than a reader waits, and its memory twice. */
const MOST_PARAMETERS = 200e6;

/** How unsure the model is of the next token, beside itself untrained and beside no model at all. */
export function uncertainty({ texts, numbers }: Place) {
  const words = texts.panels.generating;
  const place = element("div");
  const untrained = remembered(untrainedBits);
  return {
    element: element("figure", {}, element("figcaption", {}, words.unsure), place),
    /** Draws, and gives the model's entropy in bits. */
    async draw(given: Given, logits: Float32Array): Promise<number> {
      const most = Math.log2(logits.length);
      const bits = entropy(softmax(logits));
      const without = await untrained(given);
      const rows: [string, number][] = [[words.thisModel, bits]];
      if (without !== undefined) rows.push([words.untrained(SEED), without]);
      rows.push([words.even(numbers.count(logits.length)), most]);
      place.replaceChildren(
        table(
          [words.unsureColumns.who, words.unsureColumns.bits],
          rows.map(([name, value]) => [name, shareCell(value / most, words.bits(numbers.fixed(value, 2)))]),
        ),
      );
      return bits;
    },
  };
}

/** The entropy of the same configuration's next token before any training. */
async function untrainedBits({ gpt, ids, signal, step }: Given): Promise<number | undefined> {
  if (gpt.info.parameters > MOST_PARAMETERS) return undefined;
  const drawn = await createModel(gpt.config, { seed: SEED, format: gpt.info.format, threads: 1, signal });
  try {
    return entropy(softmax(await step(drawn.logits([...ids], { last: true }))));
  } finally {
    drawn.dispose();
  }
}
