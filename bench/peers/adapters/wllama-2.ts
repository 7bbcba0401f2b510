import { imported, type Load, stopwatch } from "../peer";

interface Library {
  Wllama: new (paths: Record<string, string>, options: object) => Wllama;
}
interface Wllama {
  loadModel(files: Blob[], options: object): Promise<void>;
  kvClear(): Promise<void>;
  samplingInit(options: object): Promise<void>;
  samplingSample(): Promise<{ token: number }>;
  samplingAccept(tokens: readonly number[]): Promise<void>;
  decode(tokens: readonly number[], options: object): Promise<object>;
}

/** wllama 2 by its low-level calls, in the order of its own completion loop. */
export const load: Load = async (model, threads) => {
  const at = "/peers/wllama-2/esm";
  const { Wllama } = await imported<Library>(`${at}/index.min.js`);
  const paths = Object.fromEntries(
    ["single-thread", "multi-thread"].map((build) => [`${build}/wllama.wasm`, `${at}/${build}/wllama.wasm`]),
  );
  const wllama = new Wllama(paths, { suppressNativeLog: true });
  const file = await (await fetch(model)).blob();
  await wllama.loadModel([file], { n_threads: threads, n_ctx: 1024, n_batch: 512 });
  return {
    async generate(ids, count) {
      const clock = stopwatch();
      await wllama.kvClear();
      await wllama.samplingInit({ temp: 0 });
      let next = ids;
      for (let made = 0; made < count; made++) {
        await wllama.samplingAccept(next);
        await wllama.decode(next, {});
        next = [(await wllama.samplingSample()).token];
        clock.token();
      }
      return clock.times();
    },
  };
};
