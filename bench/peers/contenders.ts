/** A library on a file of weights. */
export interface Contender {
  name: string;
  adapter: "gpt-worker" | "onnxruntime" | "transformers" | "wllama 2" | "wllama 3";
  /** Bits of a weight: peers of the same bits are compared. */
  bits: 32 | 8 | 4;
  /** Its file or folder on the server. */
  model: string;
  options?: Record<string, string>;
}

/** How our names begin. */
export const OURS = "gpt-worker ";
const ours = { adapter: "gpt-worker" } as const;

const light = { tokenizer: "huggingface" };

/** Who runs. What each is set to stands in its adapter. */
export const CONTENDERS: readonly Contender[] = [
  { ...ours, name: `${OURS}f32`, bits: 32, model: "/models/hub/", options: { format: "f32" } },
  { ...ours, name: `${OURS}q8_0`, bits: 8, model: "/models/q8_0.gguf", options: { format: "q8_0" } },
  { ...ours, name: `${OURS}q8_0 light`, bits: 8, model: "/models/q8_0.gguf", options: { format: "q8_0", ...light } },
  { ...ours, name: `${OURS}q8_0 of f16`, bits: 8, model: "/models/hub/", options: { format: "q8_0" } },
  { ...ours, name: `${OURS}q4_0`, bits: 4, model: "/models/q4_0.gguf", options: { format: "q4_0" } },
  { name: "onnxruntime-web f32", adapter: "onnxruntime", bits: 32, model: "/models/hub/onnx/model.onnx" },
  { name: "onnxruntime-web int8", adapter: "onnxruntime", bits: 8, model: "/models/hub/onnx/model_quantized.onnx" },
  { name: "transformers.js f32", adapter: "transformers", bits: 32, model: "/models/hub", options: { dtype: "fp32" } },
  { name: "transformers.js int8", adapter: "transformers", bits: 8, model: "/models/hub", options: { dtype: "q8" } },
  { name: "wllama 3 q8_0", adapter: "wllama 3", bits: 8, model: "/models/q8_0.gguf" },
  { name: "wllama 3 q4_0", adapter: "wllama 3", bits: 4, model: "/models/q4_0.gguf" },
  { name: "wllama 2 q8_0", adapter: "wllama 2", bits: 8, model: "/models/q8_0.gguf" },
  { name: "wllama 2 q4_0", adapter: "wllama 2", bits: 4, model: "/models/q4_0.gguf" },
];
