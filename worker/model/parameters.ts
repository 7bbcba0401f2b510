import { elementsOf } from "../shape";
import { completeConfig, type GPTConfig, type GPTConfigInput } from "./config";

/** What a parameter is for, which decides how it is initialised and stored. */
export type ParameterRole = "embedding" | "matrix" | "bias" | "scale";

/** A tensor of the model under the book's name, `[out, in]` for a linear map. */
export interface Parameter {
  name: string;
  shape: readonly number[];
  role: ParameterRole;
}

/**
 * Every parameter of a configuration, in the order in which the book's modules make them (chapter 4),
 * so that a seeded generator that walks the list makes what PyTorch makes.
 */
export function parameters(config: GPTConfig): Parameter[] {
  const { vocabSize, contextLength, embDim, nLayers, tied, dummy } = config;
  const list: Parameter[] = [
    { name: "tok_emb.weight", shape: [vocabSize, embDim], role: "embedding" },
    { name: "pos_emb.weight", shape: [contextLength, embDim], role: "embedding" },
  ];
  for (let n = 0; n < nLayers && !dummy; n++) list.push(...blockParameters(`trf_blocks.${n}`, config));
  if (!dummy) list.push(...normParameters("final_norm", config));
  if (!tied) list.push({ name: "out_head.weight", shape: [vocabSize, embDim], role: "matrix" });
  return list;
}

/** How many numbers the parts of a model hold. */
export interface ParameterCounts {
  /** All parameters; a tied head has none of its own. */
  total: number;
  /** Bytes in f32. */
  bytes: number;
  /** Of one block's attention; 0 without blocks, like the next two. */
  attention: number;
  /** Of one block's feed-forward: all experts and the router. */
  feedForward: number;
  /** Of one block. */
  block: number;
}

/** Counts the parameters of a configuration without making the model. Throws `GPTError` `invalid-config`. */
export function countParameters(input: GPTConfigInput): ParameterCounts {
  const config = completeConfig(input);
  const list = parameters(config);
  const count = (prefix: string) =>
    list.filter(({ name }) => name.startsWith(prefix)).reduce((sum, { shape }) => sum + elementsOf(shape), 0);
  const total = count("");
  return {
    total,
    bytes: 4 * total,
    attention: count("trf_blocks.0.att."),
    feedForward: count("trf_blocks.0.ff."),
    block: count("trf_blocks.0."),
  };
}

/** The parameters' shapes by name. */
export function parameterShapes(config: GPTConfig): ReadonlyMap<string, readonly number[]> {
  return new Map(parameters(config).map(({ name, shape }) => [name, shape]));
}

function blockParameters(block: string, config: GPTConfig): Parameter[] {
  const { embDim, qkvBias } = config;
  const projections = ["W_query", "W_key", "W_value"];
  return [
    ...projections.flatMap((name) => linear(`${block}.att.${name}`, embDim, embDim, qkvBias)),
    ...linear(`${block}.att.out_proj`, embDim, embDim, true),
    ...feedForward(`${block}.ff`, config),
    ...normParameters(`${block}.norm1`, config),
    ...normParameters(`${block}.norm2`, config),
  ];
}

function feedForward(ff: string, config: GPTConfig): Parameter[] {
  const { experts, embDim } = config;
  if (!experts) return oneFeedForward(ff, config);
  const all = Array.from({ length: experts.count }, (_, e) => oneFeedForward(`${ff}.experts.${e}`, config));
  return [...linear(`${ff}.gate`, experts.count, embDim, false), ...all.flat()];
}

function oneFeedForward(ff: string, { embDim, innerDim, activation }: GPTConfig): Parameter[] {
  if (activation === "swiglu") {
    return [
      ...linear(`${ff}.fc1`, innerDim, embDim, false),
      ...linear(`${ff}.fc2`, innerDim, embDim, false),
      ...linear(`${ff}.fc3`, embDim, innerDim, false),
    ];
  }
  return [...linear(`${ff}.layers.0`, innerDim, embDim, true), ...linear(`${ff}.layers.2`, embDim, innerDim, true)];
}

function normParameters(norm: string, config: GPTConfig): Parameter[] {
  const scale: Parameter = { name: `${norm}.scale`, shape: [config.embDim], role: "scale" };
  return config.norm === "rms" ? [scale] : [scale, { name: `${norm}.shift`, shape: [config.embDim], role: "bias" }];
}

function linear(name: string, out: number, inputs: number, bias: boolean): Parameter[] {
  const weight: Parameter = { name: `${name}.weight`, shape: [out, inputs], role: "matrix" };
  return bias ? [weight, { name: `${name}.bias`, shape: [out], role: "bias" }] : [weight];
}
