import { imported, type Load, stopwatch } from "../peer";

interface Transformers {
  env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    useBrowserCache: boolean;
    useWasmCache: boolean;
    backends: { onnx: { wasm: { wasmPaths: string; numThreads: number } } };
  };
  Tensor: new (type: string, data: BigInt64Array, dims: readonly number[]) => object;
  BaseStreamer: new () => object;
  AutoTokenizer: { from_pretrained(model: string): Promise<object> };
  AutoModelForCausalLM: { from_pretrained(model: string, options: object): Promise<Model> };
}
interface Model {
  generate(options: object): Promise<object>;
}

/** transformers.js on its WebAssembly device, with its tokenizer, on the same graph as onnxruntime-web. */
export const load: Load = async (model, threads, options) => {
  const at = "/peers/@huggingface/transformers";
  const library = await imported<Transformers>(`${at}/dist/transformers.min.js`);
  const { env, Tensor, BaseStreamer, AutoTokenizer, AutoModelForCausalLM } = library;
  const [, folder = "", name = ""] = /^(.*\/)([^/]+)$/.exec(model) ?? [];
  Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: folder });
  Object.assign(env, { useBrowserCache: false, useWasmCache: false });
  env.backends.onnx.wasm.wasmPaths = `${at}/node_modules/onnxruntime-web/dist/`;
  env.backends.onnx.wasm.numThreads = threads;
  const [loaded] = await Promise.all([
    AutoModelForCausalLM.from_pretrained(name, { device: "wasm", ...options }),
    AutoTokenizer.from_pretrained(name),
  ]);
  return {
    async generate(ids, count) {
      const inputs = new Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]);
      const attention_mask = new Tensor("int64", new BigInt64Array(ids.length).fill(1n), [1, ids.length]);
      let heard = 0;
      const clock = stopwatch();
      class Streamer extends BaseStreamer {
        put() {
          if (heard++ > 0) clock.token(); // the prompt comes first
        }
        end() {}
      }
      await loaded.generate({
        inputs,
        attention_mask,
        max_new_tokens: count,
        do_sample: false,
        streamer: new Streamer(),
      });
      return clock.times();
    },
  };
};
