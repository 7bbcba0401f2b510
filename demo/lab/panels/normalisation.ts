import { element } from "../../dom";
import type { Panel } from "../panel";
import { beforeAfter } from "./normalisation/before-after";
import { depth } from "./normalisation/depth";
import { withoutNorms } from "./normalisation/norms";
import { twoNorms } from "./normalisation/two-norms";

/** Every row before and after each norm; LayerNorm beside RMSNorm; what becomes of deep models without either. */
export const normalisation: Panel = {
  key: "normalisation",
  hooks: [
    "blocks.N.resid_pre",
    "blocks.N.resid_mid",
    "blocks.N.ln1.normalized",
    "blocks.N.ln2.normalized",
    "ln_final.normalized",
  ],
  source: "worker/model/norm.ts",
  build(place) {
    const { texts, numbers, body, answer } = place;
    const words = texts.panels.normalisation;
    const rows = beforeAfter(place);
    const two = twoNorms(place);
    const deep = depth(place);
    const moved = element("p");
    body.replaceChildren(rows.element, two.element, deep.element, moved);
    return async (given) => {
      const measured = await rows.draw(given);
      two.draw(measured, given.tokens);
      const { progress } = given;
      const { overflow, underflow } = await deep.draw(given, (share) => progress(share / 2));
      const { effect } = await withoutNorms(given, (share) => progress((1 + share) / 2));
      moved.textContent = words.moved(numbers.fixed(effect?.kl ?? 0, 2));
      answer(
        words.answer({
          least: numbers.short(measured.least),
          most: numbers.short(measured.most),
          overflow: String(overflow),
          underflow: String(underflow),
        }),
      );
    };
  },
};
