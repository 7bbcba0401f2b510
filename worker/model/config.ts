import { GPTError } from "../errors";
import { isObject, isWhole, show } from "../values";

export type NormName = "layer" | "rms";
export type ActivationName = "gelu-tanh" | "gelu-erf" | "relu" | "swiglu";

/** A mixture of experts in place of each feed-forward: `topK` of `count` experts see each token. */
export interface ExpertsConfig {
  count: number;
  topK: number;
}

/** What a GPT is: the book's keys (chapter 4) in camelCase, then the choices the book mentions. */
export interface GPTConfig {
  /** V, tokens the model knows. */
  vocabSize: number;
  /** Positions the model can attend over. */
  contextLength: number;
  /** Width of the residual stream. */
  embDim: number;
  nHeads: number;
  nLayers: number;
  /** Share of elements zeroed while training; generating ignores it. */
  dropRate: number;
  /** Whether the query, key and value projections have a bias. */
  qkvBias: boolean;
  norm: NormName;
  activation: ActivationName;
  /** Width inside the feed-forward, 4 · embDim in GPT-2. */
  innerDim: number;
  /** Added to the variance before its root is taken. */
  normEps: number;
  /** The output head reads the embedding's own rows. */
  tied: boolean;
  /** x + f(x) in each half of a block; without, f(x) alone (section 4.4). */
  shortcuts: boolean;
  /** Blocks that pass their input through: the dummy model of section 4.1. */
  dummy: boolean;
  experts?: ExpertsConfig;
}

/** A configuration as a caller writes it: what is left out is as in `GPT_CONFIG_124M`. */
export type GPTConfigInput = Pick<GPTConfig, "vocabSize" | "contextLength" | "embDim" | "nHeads" | "nLayers"> &
  Partial<GPTConfig>;

/**
 * The book's `GPT_CONFIG_124M` (section 4.1): as GPT-2, but an untied head and no query, key and value bias. `innerDim` is not in it, so
 * that of a copy with another `embDim` is 4 times that.
 */
export const GPT_CONFIG_124M: Omit<GPTConfig, "innerDim"> = {
  vocabSize: 50257,
  contextLength: 1024,
  embDim: 768,
  nHeads: 12,
  nLayers: 12,
  dropRate: 0.1,
  qkvBias: false,
  norm: "layer",
  activation: "gelu-tanh",
  normEps: 1e-5,
  tied: false,
  shortcuts: true,
  dummy: false,
};

/** gpt2-medium, gpt2-large and gpt2-xl as the book's exercise 4.2 writes them. */
export const GPT_CONFIG_355M: typeof GPT_CONFIG_124M = { ...GPT_CONFIG_124M, embDim: 1024, nLayers: 24, nHeads: 16 };
export const GPT_CONFIG_774M: typeof GPT_CONFIG_124M = { ...GPT_CONFIG_124M, embDim: 1280, nLayers: 36, nHeads: 20 };
export const GPT_CONFIG_1558M: typeof GPT_CONFIG_124M = { ...GPT_CONFIG_124M, embDim: 1600, nLayers: 48, nHeads: 25 };

const NORMS: readonly NormName[] = ["layer", "rms"];
const ACTIVATIONS: readonly ActivationName[] = ["gelu-tanh", "gelu-erf", "relu", "swiglu"];

/** The most feed-forwards in all blocks, experts counted one by one; GPT-3 has 96. A file that says more is damaged. */
const MAX_FEED_FORWARDS = 10_000;

/** Where a configuration is from, for messages: the file, and what it calls our keys. */
export interface ConfigOrigin {
  file: string;
  keys: Readonly<Record<string, string>>;
}

/** Fills in what is left out, from `GPT_CONFIG_124M`, and checks all. Throws `GPTError` `invalid-config` that names the key. */
export function completeConfig(input: GPTConfigInput, origin?: ConfigOrigin): GPTConfig {
  const called = (key: string) => origin?.keys[key] ?? key;
  const demand: Demand = (holds, key, found, expected) => {
    if (holds) return;
    const where = origin ? `${origin.file}: ` : "";
    throw new GPTError("invalid-config", `${where}${called(key)} is ${show(found)}, expected ${expected}.`);
  };
  demand(typeof input === "object" && input !== null, "The configuration", input, "an object");
  const config: GPTConfig = {
    ...GPT_CONFIG_124M,
    innerDim: 4 * input.embDim,
    ...withoutUndefined(input),
  };
  demand(isWhole(input.embDim, 1), "embDim", input.embDim, "a whole number of at least 1"); // first, for innerDim comes of it
  for (const key of ["vocabSize", "contextLength", "nHeads", "nLayers", "innerDim"] as const) {
    const floor = key === "nLayers" ? 0 : 1;
    demand(isWhole(config[key], floor), key, config[key], `a whole number of at least ${floor}`);
  }
  demand(
    config.embDim % config.nHeads === 0,
    "embDim",
    config.embDim,
    `a multiple of ${called("nHeads")} ${config.nHeads}`,
  );
  const { normEps, dropRate } = config;
  demand(typeof normEps === "number" && normEps >= 0 && normEps < 1, "normEps", normEps, "a number from 0 to below 1");
  demand(typeof dropRate === "number" && dropRate >= 0 && dropRate <= 1, "dropRate", dropRate, "a number from 0 to 1");
  demand(NORMS.includes(config.norm), "norm", config.norm, NORMS.join(" or "));
  demand(ACTIVATIONS.includes(config.activation), "activation", config.activation, ACTIVATIONS.join(" or "));
  for (const key of ["qkvBias", "tied", "shortcuts", "dummy"] as const) {
    demand(typeof config[key] === "boolean", key, config[key], "true or false");
  }
  const { experts } = config;
  if (experts !== undefined) {
    const keys = Object.keys(Object(experts)).sort().join();
    const found = isObject(experts) ? Object.keys(experts) : experts;
    demand(keys === "count,topK", "experts", found, "an object of count and topK");
    const { count, topK } = experts;
    demand(
      isWhole(count, 1, MAX_FEED_FORWARDS),
      "experts.count",
      count,
      `a whole number from 1 to ${MAX_FEED_FORWARDS}`,
    );
    demand(isWhole(topK, 1, count), "experts.topK", topK, `a whole number from 1 to ${count}`);
    config.experts = { count, topK }; // in one order, for those who compare configurations
  }
  const mostLayers = Math.floor(MAX_FEED_FORWARDS / (experts?.count ?? 1));
  demand(config.nLayers <= mostLayers, "nLayers", config.nLayers, `at most ${mostLayers}`);
  const unknown = Object.keys(input).filter((key) => !KEYS.has(key));
  if (unknown.length > 0) {
    throw new GPTError(
      "invalid-config",
      `The configuration has no key ${unknown.join(", ")}. Its keys are ${[...KEYS].join(", ")}.`,
    );
  }
  return config;
}

const KEYS = new Set([...Object.keys(GPT_CONFIG_124M), "innerDim", "experts"]);

type Demand = (holds: boolean, key: string, found: unknown, expected: string) => void;

function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
