import { createModel, type GPTConfig, loadModel, type ModelSource } from "../../src/index";
import type { Open } from "../model-slot";

/** Weights that have seen nothing: the embedded model's shape and tokenizer, drawn from a seed. */
export interface Untrained {
  seed: number;
}

export type LabSource = ModelSource | Untrained;

export function isUntrained(source: LabSource): source is Untrained {
  return typeof source === "object" && "seed" in source;
}

/** Opens what the lab knows; `embedded` is the folder of the model that an untrained one is shaped like. */
export function labOpener(embedded: string): Open<LabSource> {
  let shape: GPTConfig | undefined;
  const load = async (source: ModelSource, options: Parameters<Open<ModelSource>>[1]) => {
    const gpt = await loadModel(source, options);
    if (source === embedded) shape = gpt.config;
    return gpt;
  };
  return async (source, options) => {
    if (!isUntrained(source)) return load(source, options);
    if (!shape) (await load(embedded, options)).dispose();
    if (!shape) throw new Error(`${embedded} has no configuration.`);
    return createModel(shape, { ...options, seed: source.seed, tokenizerFiles: `${embedded}tokenizer.json` });
  };
}
