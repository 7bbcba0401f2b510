import { GPTError } from "../errors";
import type { Machine } from "../machine/assemble";
import { checkOptions } from "../option-checks";
import { integer } from "../sampling/checks";
import type { Bench } from "./bench";
import { topIds } from "./distribution";
import { hookNames } from "./names";
import { Recorder } from "./recorder";

export interface AttributionOptions {
  /** Whose logit; default: the best token's. */
  token?: number;
  /** Explain how much higher that logit is than this token's. */
  against?: number;
  /** At which position; default: the last. */
  position?: number;
}

/** What one part of the model adds to a logit. */
export interface AttributedPart {
  /** The activation, or `'blocks.N.attn.bias'` (the output projection's) and `'ln_final.shift'`. */
  name: string;
  layer?: number;
  head?: number;
  /** In units of the logit. */
  value: number;
}

/** Direct logit attribution: a logit as the sum of what each part wrote into the residual stream. */
export interface Attribution {
  ids: number[];
  position: number;
  token: { id: number; text: string };
  against?: { id: number; text: string };
  /** The logit, or its lead over `against`'s, as the model computes it. */
  logit: number;
  /** In the order of the pass. They add up to the logit but for rounding, which with 8-bit formats includes that of the head's input. */
  parts: AttributedPart[];
}

/**
 * The final norm is linear once its divisor is known: each part is centred (LayerNorm), divided by it, scaled and
 * multiplied with the token's row of the output head (Elhage et al. 2021, "A Mathematical Framework for Transformer
 * Circuits"). Throws `GPTError` `bad-argument` for a model without shortcuts, whose stream is no sum.
 */
export function prepareAttribution(options: AttributionOptions, machine: Machine) {
  const { config, arena, ops } = machine;
  const { vocabSize, nLayers, dummy, shortcuts } = config;
  const token = integer(0, vocabSize - 1);
  checkOptions("attribution()", options, { token, against: token, position: integer(0, config.contextLength - 1) });
  if (!shortcuts && !dummy)
    throw new GPTError("bad-argument", "attribution() found a model without shortcuts: its stream is no sum of parts.");
  return async ({ sequence, halt, textOf }: Bench, ids: readonly number[]): Promise<Attribution> => {
    const { position = ids.length - 1 } = options;
    if (position >= ids.length)
      throw new TypeError(`position: found ${position}; allowed: a whole number from 0 to ${ids.length - 1}`);
    const recorder = new Recorder(hookNames(config), config, arena, { from: position, rows: 1 }, false);
    sequence.truncate(0);
    const logits = (await sequence.extend(ids.slice(0, position + 1), halt, recorder.watch)).slice();
    const recorded = recorder.result();
    const row = (name: string): Float32Array => {
      const found = recorded[name];
      return found && "data" in found ? found.data : new Float32Array();
    };
    const id = options.token ?? topIds(logits, 1)[0] ?? 0;
    const { against } = options;
    const read = reader(machine, row("ln_final.scale")[0] ?? 1, id, against);
    const parts: AttributedPart[] = [
      { name: "embed", value: read.part(row("embed")) },
      { name: "pos_embed", value: read.part(row("pos_embed")) },
    ];
    for (let layer = 0; layer < nLayers && !dummy; layer++) {
      const heads = headOutputs(machine, layer, row(`blocks.${layer}.attn.z`));
      const rest = row(`blocks.${layer}.attn_out`).map((x, i) =>
        heads.reduce((left, head) => left - (head[i] ?? 0), x),
      );
      parts.push(
        ...heads.map((out, head) => ({ name: `blocks.${layer}.attn.z`, layer, head, value: read.part(out) })),
        { name: `blocks.${layer}.attn.bias`, layer, value: read.part(rest) },
        { name: `blocks.${layer}.mlp_out`, layer, value: read.part(row(`blocks.${layer}.mlp_out`)) },
      );
    }
    if (!dummy && config.norm === "layer") parts.push({ name: "ln_final.shift", value: read.shift });
    const named = (which: number) => ({ id: which, text: textOf(which) });
    const logit = (logits[id] ?? 0) - (against === undefined ? 0 : (logits[against] ?? 0));
    return {
      ids: [...ids],
      position,
      token: named(id),
      ...(against !== undefined && { against: named(against) }),
      logit,
      parts,
    };
  };

  /** Each head's part of attention's output [nHeads][embDim], by the projection's own kernel. */
  function headOutputs({ weights }: Machine, layer: number, z: Float32Array): Float32Array[] {
    const { nHeads, embDim } = config;
    return ops.scoped(() => {
      const apart = ops.zeros(nHeads, embDim);
      const headDim = embDim / nHeads;
      const values = ops.values(apart);
      for (let h = 0; h < nHeads; h++) {
        const at = h * headDim;
        values.set(z.subarray(at, at + headDim), h * embDim + at);
      }
      const out = ops.values(ops.linear(apart, weights.matrix(`trf_blocks.${layer}.att.out_proj.weight`)));
      return Array.from({ length: nHeads }, (_, h) => out.slice(h * embDim, (h + 1) * embDim));
    });
  }
}

/** Reads a part of the stream as the final norm and one row of the head do (or the difference of two), in f64. */
function reader({ config, weights, arena, ops }: Machine, divisor: number, token: number, against?: number) {
  const { embDim, norm, dummy } = config;
  const ids = Int32Array.of(token, against ?? token);
  const direction = ops.scoped(() => {
    const rows = ops.values(ops.gather(ids, weights.head));
    const other = against === undefined ? 0 : 1;
    return Float64Array.from({ length: embDim }, (_, i) => (rows[i] ?? 0) - other * (rows[embDim + i] ?? 0));
  });
  const scale = dummy ? undefined : arena.f32(weights.plain("final_norm.scale"), embDim);
  const shift = norm === "layer" && !dummy ? arena.f32(weights.plain("final_norm.shift"), embDim) : undefined;
  const scaled = direction.map((x, i) => (x * (scale?.[i] ?? 1)) / divisor);
  return {
    shift: direction.reduce((sum, x, i) => sum + x * (shift?.[i] ?? 0), 0),
    part(x: Float32Array): number {
      const mean = shift ? x.reduce((sum, value) => sum + value, 0) / embDim : 0;
      return x.reduce((sum, value, i) => sum + (value - mean) * (scaled[i] ?? 0), 0);
    },
  };
}
