import type { StageReport } from "../../src/index";
import { element } from "../dom";
import { bits, count, percent } from "../numbers";
import { type Alternative, alternativesOf, type Piece, visible } from "../surprise";

/** The answer to "what else could have stood here?": the piece, its surprise, and the likeliest tokens with bars. */
export function alternatives(piece: Piece): Node[] {
  const { tokens } = piece;
  const last = tokens.at(-1);
  const head = element(
    "p",
    { class: "asked" },
    element("code", {}, visible(piece.text)),
    element("span", {}, "surprise ", element("b", { class: "num" }, `${bits(piece.bits)} bits`)),
  );
  return [
    head,
    element("ol", {}, ...(last ? alternativesOf(last).map(row) : [])),
    element("p", { class: "soft note" }, noteOn(piece)),
    ...rules(last?.stages ?? []),
  ];
}

function noteOn({ text, tokens: { length } }: Piece): string {
  if (length === 1) return "The model's own odds, before temperature and filters.";
  const whole = [...text.trim()].length === 1 ? "make this character" : "came together here";
  return `${length} tokens ${whole}; the odds are the last one's.`;
}

/** What the option `stats` reports, where it was asked for. */
function rules(stages: readonly StageReport[]): Node[] {
  if (stages.length === 0) return [];
  const head = element("p", { class: "rules" }, "Probability and tokens that each rule left");
  return [head, element("ol", {}, ...stages.map(stage))];
}

function stage({ stage: name, kept, removed, leftOut }: StageReport): HTMLElement {
  return element(
    "li",
    {},
    element("code", {}, name),
    element("span", { class: "track" }, element("i", { "--p": (1 - removed).toFixed(4) })),
    element("b", { class: "num" }, leftOut ? "–" : percent(1 - removed)),
    element("span", { class: "num soft" }, leftOut ? "left out" : count(kept)),
  );
}

function row({ text, probability, bits: surprise, chosen }: Alternative): HTMLElement {
  return element(
    "li",
    { class: chosen ? "chosen" : undefined },
    element("code", {}, visible(text)),
    element("span", { class: "track" }, element("i", { "--p": probability.toFixed(4) })),
    element("b", { class: "num" }, percent(probability)),
    element("span", { class: "num soft" }, `${bits(surprise)} bits`),
    ...(chosen ? [element("span", { class: "hidden" }, "chosen")] : []),
  );
}
