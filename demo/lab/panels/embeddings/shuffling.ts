import type { Intervention } from "../../../../src/index";
import { element, marked } from "../../../dom";
import { visible } from "../../../surprise";
import { largest, norm, row, softmax } from "../../maths";
import type { Given, Place } from "../../panel";
import { shareCell, table } from "../../table";

const ROWS = 5;
const NO_POSITIONS: readonly Intervention[] = [{ ablate: "pos_embed" }];
/** What attention adds: it sums over the words before, so that their order reaches it through their positions only. */
const FIRST_ATTENTION = "blocks.0.attn_out";

/** How much of what the first attention adds for the last word shuffling changes: with positions, and without. */
export interface Changed {
  seeing: number;
  blind: number;
}

/** The prediction as written, shuffled, without positions, and without both. */
export function shuffling({ texts, numbers, redraw }: Place) {
  const words = texts.panels.embeddings;
  const again = element("button", { type: "button", class: "small quiet" }, words.shuffle);
  const order = element("p", { class: "soft" });
  let seed = 1;
  again.addEventListener("click", () => {
    seed += 1;
    redraw();
  });

  const { next, ...heads } = words.columns;
  const place = element("div");

  return {
    element: element(
      "figure",
      {},
      element("figcaption", {}, ...marked(words.shuffleCaption)),
      element("div", { class: "bar" }, again, order),
      place,
    ),
    async draw({ gpt, ids, tokens, step }: Given): Promise<Changed> {
      const places = shuffled(ids.length, seed);
      const mixed = places.map((place) => ids[place] ?? 0);
      const look = async (text: readonly number[], interventions: readonly Intervention[]) => {
        const { logits, activations } = await step(gpt.trace(text, { hooks: [FIRST_ATTENTION], interventions }));
        const { data } = activations[FIRST_ATTENTION] ?? { data: new Float32Array() };
        return { odds: softmax(logits), added: row(data, text.length - 1, gpt.config.embDim) };
      };
      const runs = [
        await look(ids, []),
        await look(mixed, []),
        await look(ids, NO_POSITIONS),
        await look(mixed, NO_POSITIONS),
      ] as const;
      const best = largest(runs[0].odds, ROWS);
      const names = await step(Promise.all(best.map((id) => gpt.decode([id]))));
      order.textContent = words.order(places.map((place) => tokens[place]).join(" "));
      const rows = best.map((id, i) => [
        element("code", {}, visible(names[i] ?? "")),
        ...runs.map(({ odds }) => shareCell(odds[id] ?? 0, numbers.percent(odds[id] ?? 0))),
      ]);
      place.replaceChildren(table([next, ...Object.values(heads)], rows));
      return { seeing: change(runs[0].added, runs[1].added), blind: change(runs[2].added, runs[3].added) };
    },
  };
}

/** |b − a| / |a| */
function change(a: Float32Array, b: Float32Array): number {
  return norm(b.map((value, i) => value - (a[i] ?? 0))) / norm(a);
}

/** The places before the last one in another order, drawn by a seed (mulberry32, Fisher–Yates); the last one stays. */
export function shuffled(length: number, seed: number): number[] {
  const places = Array.from({ length }, (_, i) => i);
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let i = length - 2; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [places[i], places[j]] = [places[j] ?? i, places[i] ?? j];
  }
  return places;
}
