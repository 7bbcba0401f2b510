import { imported, type Load, stopwatch } from "../peer";

interface Tensor {
  data: Float32Array;
}
interface Ort {
  env: { wasm: { wasmPaths: string; numThreads: number } };
  Tensor: new (type: string, data: Float32Array | BigInt64Array, dims: readonly number[]) => Tensor;
  InferenceSession: { create(model: string, options: object): Promise<Session> };
}
interface Session {
  inputNames: readonly string[];
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
}

const HEADS = 12;
const HEAD_SIZE = 64;

/** onnxruntime-web has no loop of its own: the shortest one, with the cache handed from step to step. */
export const load: Load = async (model, threads) => {
  const { env, Tensor, InferenceSession } = await imported<Ort>("/peers/onnxruntime-web/dist/ort.wasm.min.mjs");
  env.wasm.wasmPaths = "/peers/onnxruntime-web/dist/";
  env.wasm.numThreads = threads;
  const session = await InferenceSession.create(model, { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  const cached = session.inputNames.filter((name) => name.startsWith("past_key_values."));
  const empty = () => new Tensor("float32", new Float32Array(), [1, HEADS, 0, HEAD_SIZE]);
  return {
    async generate(ids, count) {
      const clock = stopwatch();
      let feeds: Record<string, Tensor> = Object.fromEntries(cached.map((name) => [name, empty()]));
      let next: readonly number[] = ids;
      for (let made = 0; made < count; made++) {
        feeds.input_ids = new Tensor("int64", BigInt64Array.from(next, BigInt), [1, next.length]);
        const results = await session.run(feeds);
        next = [best((results.logits as Tensor).data)];
        clock.token();
        feeds = Object.fromEntries(
          cached.map((name) => [name, results[name.replace("past_key_values", "present")] as Tensor]),
        );
      }
      return clock.times();
    },
  };
};

function best(logits: Float32Array): number {
  let id = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] ?? 0) > (logits[id] ?? 0)) id = i;
  return id;
}
