import type { SeparateFiles } from "../../worker/checkpoint/types";

/** A tensor to be written: numbers become F32, bytes are taken as they are. */
export interface TestTensor {
  shape: readonly number[];
  data: Float32Array | readonly number[] | Uint8Array;
  dtype?: string;
}

export type TestTensors = Record<string, TestTensor>;

/** A checkpoint in memory, as `loadModel` takes it. */
export interface TestCheckpoint extends SeparateFiles {
  config: Record<string, unknown>;
  weights: ArrayBuffer;
  tokenizer: Record<string, unknown>;
}

/** The bytes of a safetensors file, tensors in the order given. */
export function writeSafetensors(tensors: TestTensors, metadata?: Record<string, string>): ArrayBuffer {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, { shape, data, dtype = "F32" }] of Object.entries(tensors)) {
    const bytes = data instanceof Uint8Array ? data : new Uint8Array(Float32Array.from(data).buffer);
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    parts.push(bytes);
    at += bytes.length;
  }
  return joinSafetensors(JSON.stringify(header), parts);
}

/** A safetensors file with any header, right or wrong. */
export function joinSafetensors(header: string, parts: readonly Uint8Array[] = []): ArrayBuffer {
  const text = new TextEncoder().encode(header);
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 8 + text.length));
  new DataView(all.buffer).setBigUint64(0, BigInt(text.length), true);
  all.set(text, 8);
  let at = 8 + text.length;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}

/** The parsed header of a safetensors file, and where the data begins. */
export function readSafetensors(file: ArrayBuffer) {
  const length = Number(new DataView(file).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length)));
  return { header, dataStart: 8 + length };
}

export interface Sizes {
  vocabSize: number;
  positions: number;
  width: number;
  layers?: number;
}

/** The tensors of an untied GPT-2 as the hub has it, all zero. */
export function zeroTensors({ vocabSize, positions, width, layers = 1 }: Sizes): TestTensors {
  const zero = (...shape: number[]): TestTensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) });
  const tensors: TestTensors = { "wte.weight": zero(vocabSize, width), "wpe.weight": zero(positions, width) };
  for (let n = 0; n < layers; n++) {
    for (const norm of ["ln_1", "ln_2"]) {
      tensors[`h.${n}.${norm}.weight`] = zero(width);
      tensors[`h.${n}.${norm}.bias`] = zero(width);
    }
    const linear = { "attn.c_attn": [1, 3], "attn.c_proj": [1, 1], "mlp.c_fc": [1, 4], "mlp.c_proj": [4, 1] };
    for (const [name, [inputs = 1, outputs = 1]] of Object.entries(linear)) {
      tensors[`h.${n}.${name}.weight`] = zero(inputs * width, outputs * width);
      tensors[`h.${n}.${name}.bias`] = zero(outputs * width);
    }
  }
  return { ...tensors, "ln_f.weight": zero(width), "ln_f.bias": zero(width), "lm_head.weight": zero(vocabSize, width) };
}

/** The `config.json` that belongs to `zeroTensors`. */
export function zeroConfig({ vocabSize, positions, width, layers = 1 }: Sizes): Record<string, unknown> {
  return {
    model_type: "gpt2",
    vocab_size: vocabSize,
    n_positions: positions,
    n_embd: width,
    n_head: 1,
    n_layer: layers,
    activation_function: "gelu_new",
    layer_norm_epsilon: 1e-5,
    tie_word_embeddings: false,
  };
}

/** Logits are exactly `logits` at every position. */
export function fixed(logits: readonly number[], tokens = logits.length): TestCheckpoint {
  const sizes = { vocabSize: logits.length, positions: 1024, width: 4 };
  const tensors = zeroTensors(sizes);
  tensors["ln_f.bias"] = { shape: [4], data: [1, 0, 0, 0] };
  tensors["lm_head.weight"] = { shape: [logits.length, 4], data: logits.flatMap((logit) => [logit, 0, 0, 0]) };
  return { config: zeroConfig(sizes), weights: writeSafetensors(tensors), tokenizer: byteTokenizer(tokens) };
}

/** Greedy writes `ids` after any one-token prompt; 64 positions. For ids of GPT-2's, give its tokenizer instead. */
export function script(ids: readonly number[], vocabSize = Math.max(...ids) + 1): TestCheckpoint {
  const width = 64;
  const sizes = { vocabSize, positions: width, width };
  const tensors = zeroTensors(sizes);
  const head = new Float32Array(vocabSize * width);
  ids.forEach((id, i) => {
    head[id * width + i] = 1;
  });
  const identity = Float32Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0));
  tensors["wpe.weight"] = { shape: [width, width], data: identity };
  tensors["ln_f.weight"] = { shape: [width], data: new Float32Array(width).fill(1) };
  tensors["lm_head.weight"] = { shape: [vocabSize, width], data: head };
  return { config: zeroConfig(sizes), weights: writeSafetensors(tensors), tokenizer: byteTokenizer(vocabSize) };
}

/**
 * A `tokenizer.json` without merges: the first `size` of the 256 bytes in GPT-2's order (33 is `B`), then `<256>`,
 * `<257>` … as entries that no text is cut into.
 */
export function byteTokenizer(size: number): Record<string, unknown> {
  const bytes = byteAlphabet();
  const vocab = Object.fromEntries(Array.from({ length: size }, (_, id) => [bytes[id] ?? `<${id}>`, id]));
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false, vocab, merges: [] },
  };
}

/** GPT-2's printable stand-ins for the bytes, in the order of its vocabulary (`bytes_to_unicode` in its encoder.py). */
function byteAlphabet(): string[] {
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  return [...printable, ...range(256, 256 + 255 - printable.length)].map((code) => String.fromCharCode(code));
}
