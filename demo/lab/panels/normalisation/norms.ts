import type { Effect, GPTConfig, Intervention, TensorCopy } from "../../../../src/index";
import { moments } from "../../maths";
import type { Given } from "../../panel";

/** One of a model's norms: what it reads and what it makes of that. */
export interface Norm {
  before: string;
  after: string;
}

/** A model's norms in order: two in each block, one at the end. */
export function normsOf({ nLayers }: Pick<GPTConfig, "nLayers">): Norm[] {
  const blocks = Array.from({ length: nLayers }, (_, layer) => `blocks.${layer}`);
  return [
    ...blocks.flatMap((block) => [
      { before: `${block}.resid_pre`, after: `${block}.ln1.normalized` },
      { before: `${block}.resid_mid`, after: `${block}.ln2.normalized` },
    ]),
    { before: `blocks.${nLayers - 1}.resid_post`, after: "ln_final.normalized" },
  ];
}

/** What becomes of a model when each norm hands on what it was given. */
export interface Unnormalised {
  /** Root mean square of what each norm was given; no number from where there is none. */
  sizes: number[];
  /** What that does to the prediction. */
  effect: Effect | undefined;
}

/**
 * Reads `ids` with every norm taken out, one after the other: its normalised row is patched with the row it read (its
 * learned scale and shift stay).
 */
export async function withoutNorms(
  { gpt, ids, step }: Pick<Given, "gpt" | "ids" | "step">,
  progress: Given["progress"],
): Promise<Unnormalised> {
  const norms = normsOf(gpt.config);
  const interventions: Intervention[] = [];
  const sizes: number[] = [];
  for (const { before, after } of norms) {
    const { activations } = await step(gpt.trace(ids, { hooks: [before], interventions }));
    const from = activations[before];
    if (!from) break;
    sizes.push(moments(from.data).rms);
    interventions.push({ patch: after, from });
    progress(sizes.length / (norms.length + 1));
  }
  const { effect } = await step(gpt.trace(ids, { hooks: [], interventions }));
  return { sizes, effect };
}

/** The rows of an activation [T, width]. */
export function rowsOf({ shape, data }: TensorCopy): Float32Array[] {
  const [rows = 0, width = 0] = shape;
  return Array.from({ length: rows }, (_, t) => data.subarray(t * width, (t + 1) * width));
}
