import type { Sequence } from "../../src/index";
import { element } from "../dom";

/** The texts that a run wrote besides the one that was shown, each after `given`, best first; without any, nothing. */
export function others(host: HTMLElement, given: string, sequences: readonly Sequence[] = []): void {
  const rest = sequences.filter(({ index }) => index > 0);
  const ways = rest.map(({ text }) => element("li", {}, element("span", { class: "given" }, given), text));
  host.replaceChildren(...(ways.length > 0 ? [element("h2", {}, "Other ways"), element("ol", {}, ...ways)] : []));
}
