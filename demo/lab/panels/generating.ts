import type { Panel } from "../panel";
import { remembered } from "../remembered";
import { slider } from "../slider";
import { continuations } from "./generating/continuations";
import { odds, type Scores, scoresOf } from "./generating/odds";
import { stages } from "./generating/stages";
import { uncertainty } from "./generating/uncertainty";

const TEMPERATURE = { min: 0.1, max: 2, step: 0.1, first: 0.7 };

/** From the last position's scores to a word: softmax, temperature, what sampling leaves out, and what comes of it. */
export const generating: Panel = {
  key: "generating",
  hooks: [],
  source: "worker/sampling/pipeline.ts",
  build(place) {
    const { texts, numbers, body, answer, redraw } = place;
    const words = texts.panels.generating;
    let last: Scores | undefined;
    // The odds follow the slider's movement; what the model has to be asked for waits for its end.
    const temperature = slider(words.temperature, TEMPERATURE, numbers, {
      moving: () => last && likeliest.draw(last, temperature.value),
      moved: redraw,
    });
    const likeliest = odds(place, temperature.element);
    const filters = stages(place);
    const written = continuations(place);
    const unsure = uncertainty(place);
    const scored = remembered(scoresOf);
    body.replaceChildren(likeliest.element, filters.element, written.element, unsure.element);
    return async (given) => {
      last = await scored(given);
      likeliest.draw(last, temperature.value);
      await filters.draw(given, temperature.value);
      await written.draw(given, temperature.value);
      const bits = await unsure.draw(given, last.logits);
      const { token, probability } = likeliest.best(last);
      answer(
        words.answer({
          token: `\`${token}\``,
          probability: numbers.percent(probability),
          bits: numbers.bits(bits),
          most: numbers.bits(Math.log2(last.logits.length)),
        }),
      );
    };
  },
};
