import type { GPTConfig } from "../../worker/model/config";

/** The parameters of a GPT-2-shaped model under the book's names → shapes, written out: an oracle for the checkpoint's. */
export function parameters(config: GPTConfig): ReadonlyMap<string, readonly number[]> {
  const { vocabSize: V, contextLength: C, embDim: E, innerDim: I } = config;
  const qkv = ["att.W_query", "att.W_key", "att.W_value"];
  const block: [string, number[]][] = [
    ...qkv.map((name): [string, number[]] => [`${name}.weight`, [E, E]]),
    ...(config.qkvBias ? qkv.map((name): [string, number[]] => [`${name}.bias`, [E]]) : []),
    ["att.out_proj.weight", [E, E]],
    ["att.out_proj.bias", [E]],
    ["ff.layers.0.weight", [I, E]],
    ["ff.layers.0.bias", [I]],
    ["ff.layers.2.weight", [E, I]],
    ["ff.layers.2.bias", [E]],
    ...["norm1.scale", "norm1.shift", "norm2.scale", "norm2.shift"].map((name): [string, number[]] => [name, [E]]),
  ];
  const blocks = Array.from({ length: config.nLayers }, (_, n) =>
    block.map(([name, shape]): [string, number[]] => [`trf_blocks.${n}.${name}`, shape]),
  );
  return new Map<string, number[]>([
    ["tok_emb.weight", [V, E]],
    ["pos_emb.weight", [C, E]],
    ...blocks.flat(),
    ["final_norm.scale", [E]],
    ["final_norm.shift", [E]],
    ...(config.tied ? [] : [["out_head.weight", [V, E]] as [string, number[]]]),
  ]);
}
