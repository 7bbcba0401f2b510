import type * as GPTWorker from "../../../src/index";
import { imported, type Load, stopwatch } from "../peer";

/** The built package, through its public calls. */
export const load: Load = async (model, threads, options) => {
  const { loadModel } = await imported<typeof GPTWorker>("/dist/index.js");
  const gpt = await loadModel(model, { threads, ...options });
  return {
    async generate(ids, count) {
      const clock = stopwatch();
      const run = gpt.generate(ids, { maxNewTokens: count, temperature: 0, stopTokens: [] });
      for await (const _ of run.tokens()) clock.token();
      return clock.times();
    },
  };
};
