import type { GPTConfig } from "../model/config";
import { isWhole, show } from "../values";
import type { TensorCopy, WithPositions } from "./collectors";
import { type Dropout, dropout } from "./dropout";
import { type Change, type Edit, patched } from "./edits";
import { hookRow } from "./names";
import { type Target, targets } from "./targets";

/** Takes a part out. */
export interface Ablation {
  ablate: Target;
  /** What stands there instead: zero, the default, or the part's mean over the prompt's positions in a plain run. */
  to?: "zero" | "mean";
}

/** Multiplies a part. */
export interface Scaling {
  scale: Target;
  by: number;
}

/** Puts in a part of another run. */
export interface Patch {
  patch: Target;
  /** The whole activation as a trace has it; positions that it lacks stay as they are. */
  from: TensorCopy & WithPositions;
}

/** Zeroes a share of the elements where the chapter's model has dropout, and scales up the rest. */
export interface DropoutMasks {
  dropout: Dropout;
}

/** A change to what the model computes while it reads, at some `positions` or, where nothing is said, at all. */
export type Intervention = (Ablation | Scaling | Patch | DropoutMasks) & { positions?: readonly number[] };

/** An edit, or a part that is to become its mean, which a plain run has to tell. */
export type PlannedEdit = Edit | (Omit<Edit, "change"> & { mean: true });

/** The keys of one kind of intervention, and the edits that it stands for. */
interface Kind {
  keys: readonly string[];
  edits(intervention: never, config: GPTConfig): PlannedEdit[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  ablate: {
    keys: ["to"],
    edits: ({ ablate, to = "zero" }: Ablation, config) => {
      if (to !== "zero" && to !== "mean") throw wrong("to", to, '"zero" or "mean"');
      return targets(ablate, config).map((part): PlannedEdit => {
        if (to === "mean" && part.rowAxis !== 0)
          throw wrong("to", to, `"zero": ${part.hook} has no mean over positions`);
        return to === "zero" ? { ...part, change: () => 0 } : { ...part, mean: true };
      });
    },
  },
  scale: {
    keys: ["by"],
    edits: ({ scale, by }: Scaling, config) => {
      if (typeof by !== "number" || !Number.isFinite(by)) throw wrong("by", by, "a finite number");
      const change: Change = (value) => value * by;
      return targets(scale, config).map((part) => ({ ...part, change }));
    },
  },
  patch: {
    keys: ["from"],
    edits: ({ patch, from }: Patch, config) => {
      const [part, ...more] = targets(patch, config);
      if (!part || more.length > 0) throw wrong("patch", patch, "one activation, a head or a neuron");
      return [{ ...part, change: patched(from, hookRow(part.hook, config), part.hook, config) }];
    },
  },
  dropout: {
    keys: [],
    edits: ({ dropout: asked }: DropoutMasks, config) => dropout(asked, config),
  },
};

/** The edits of a list of interventions, in order. Throws a `TypeError` that says what is wrong with one. */
export function resolveInterventions(list: readonly Intervention[] | undefined, config: GPTConfig): PlannedEdit[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new TypeError(`interventions: found ${show(list)}; allowed: an array`);
  return list.flatMap((intervention: Intervention) => {
    const kinds = Object.keys(KINDS).filter((name) => Object.hasOwn(Object(intervention), name));
    const [name = ""] = kinds;
    const kind = KINDS[name];
    if (!kind || kinds.length > 1)
      throw wrong("interventions", intervention, `objects with one of ${Object.keys(KINDS).join(", ")}`);
    const extra = Object.keys(intervention).find((key) => ![name, "positions", ...kind.keys].includes(key));
    if (extra)
      throw new TypeError(
        `${extra} is not a key of the intervention ${name}; it has ${[...kind.keys, "positions"].join(", ")}`,
      );
    const positions = positionSet(intervention.positions, config);
    return kind.edits(intervention as never, config).map((edit) => (positions ? { ...edit, positions } : edit));
  });
}

function positionSet(positions: unknown, { contextLength }: GPTConfig): ReadonlySet<number> | undefined {
  if (positions === undefined) return undefined;
  const fine = Array.isArray(positions) && positions.every((at) => isWhole(at, 0, contextLength - 1));
  if (!fine) throw wrong("positions", positions, `an array of whole numbers from 0 to ${contextLength - 1}`);
  return new Set(positions as number[]);
}

function wrong(name: string, found: unknown, allowed: string): TypeError {
  return new TypeError(`${name}: found ${show(found)}; allowed: ${allowed}`);
}
