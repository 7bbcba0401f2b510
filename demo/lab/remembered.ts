import type { Given } from "./panel";

/** `compute`, which keeps its last result for as long as sentence and model stay: what a panel's controls don't change. */
export function remembered<T>(compute: (given: Given) => Promise<T>): (given: Given) => Promise<T> {
  let last: { ids: Given["ids"]; gpt: Given["gpt"]; result: T } | undefined;
  return async (given) => {
    const { ids, gpt } = given;
    if (last?.ids === ids && last.gpt === gpt) return last.result;
    const result = await compute(given);
    last = { ids, gpt, result };
    return result;
  };
}
