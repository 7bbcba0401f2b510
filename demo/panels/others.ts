import type { Sequence } from "../../src/index";
import { element } from "../dom";

/** Shows the texts that a run wrote besides the one that is shown, each after `given`, best first, and says whether there are any. */
export function others(host: HTMLElement, given: string, sequences: readonly Sequence[] = []): boolean {
  const rest = sequences.filter(({ index }) => index > 0);
  const ways = rest.map(({ text }) => element("li", {}, element("span", { class: "given" }, given), text));
  host.replaceChildren(...(ways.length > 0 ? [element("h2", {}, "Other ways"), element("ol", {}, ...ways)] : []));
  return ways.length > 0;
}
