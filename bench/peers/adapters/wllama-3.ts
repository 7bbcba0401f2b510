import { imported, type Load } from "../peer";

interface Library {
  Wllama: new (paths: { default: string }, options: object) => Wllama;
}
interface Wllama {
  loadModel(files: Blob[], options: object): Promise<void>;
  createCompletion(options: object): Promise<{ timings: Timings }>;
}
/** Of llama.cpp's server, in ms: the first token is drawn at the end of the prompt's. */
interface Timings {
  prompt_n: number;
  prompt_ms: number;
  predicted_ms: number;
  predicted_n: number;
}

/** Each is one token of GPT-2's. */
const WORDS = [" the", " of", " and", " in", " to"];

/** wllama 3 takes and gives text, not ids: its prompts are as long in other words, and its own times are taken. */
export const load: Load = async (model, threads) => {
  const { Wllama } = await imported<Library>("/peers/@wllama/wllama/esm/index.min.js");
  const wllama = new Wllama({ default: "/peers/@wllama/wllama/esm/wasm/wllama.wasm" }, { suppressNativeLog: true });
  const file = await (await fetch(model)).blob();
  await wllama.loadModel([file], { n_threads: threads, n_ctx: 1024, n_batch: 512, n_gpu_layers: 0, n_parallel: 1 });
  return {
    async generate(ids, count) {
      const { timings } = await wllama.createCompletion({
        prompt: ids.map((id) => WORDS[id % WORDS.length]).join(""),
        max_tokens: count,
        temperature: 0,
        ignore_eos: true,
        cache_prompt: false,
      });
      if (timings.prompt_n !== ids.length) throw new Error(`wllama read ${timings.prompt_n} tokens, not ${ids.length}`);
      return { first: timings.prompt_ms, rest: timings.predicted_ms, count: timings.predicted_n };
    },
  };
};
