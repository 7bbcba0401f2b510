import {
  countParameters,
  GPT_CONFIG_124M,
  GPT_CONFIG_355M,
  GPT_CONFIG_774M,
  GPT_CONFIG_1558M,
  type GPTConfigInput,
} from "../../../../src/index";
import { element } from "../../../dom";
import type { Place } from "../../panel";
import { table } from "../../table";

const FAMILY: readonly [name: string, config: GPTConfigInput][] = [
  ["gpt2-small", GPT_CONFIG_124M],
  ["gpt2-medium", GPT_CONFIG_355M],
  ["gpt2-large", GPT_CONFIG_774M],
  ["gpt2-xl", GPT_CONFIG_1558M],
];

/** The chapter's megabyte, in bytes. */
const CHAPTERS_MEGABYTE = 2 ** 20;

/** This model among the sizes of GPT-2, each with a head of its own and with the embedding's rows as its head. */
export function family({ texts, numbers }: Place) {
  const words = texts.panels.model;
  const place = element("div");
  const chapters = numbers.fixed(countParameters(GPT_CONFIG_124M).bytes / CHAPTERS_MEGABYTE, 2);
  const row = (name: Node | string, config: GPTConfigInput) => {
    const { nLayers, nHeads, embDim } = config;
    const size = (tied: boolean) => {
      const { total, bytes } = countParameters({ ...config, tied });
      return element("div", {}, numbers.count(total), element("div", { class: "soft" }, numbers.bytes(bytes)));
    };
    const shape = element("div", { class: "soft" }, words.shape(nLayers, nHeads, numbers.count(embDim)));
    return [element("div", {}, name, shape), size(false), size(true)];
  };
  return {
    element: element("figure", {}, element("figcaption", {}, words.family(chapters)), place),
    draw(config: GPTConfigInput) {
      place.replaceChildren(
        table(
          [words.model, words.own, words.tied],
          [row(words.thisModel, config), ...FAMILY.map(([name, member]) => row(element("code", {}, name), member))],
        ),
      );
    },
  };
}
