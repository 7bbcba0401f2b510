import { fnv1a } from "../hash";
import { type Parameter, parameters } from "../model/parameters";
import type { CreateOptions } from "../protocol";
import type { Machine } from "./assemble";
import { TorchRandom } from "./torch-random";
import { constant, type Make } from "./weight-writer";

const MASK = (1n << 64n) - 1n;
const STD = 0.02;

/** Tells how each parameter is drawn; asked in the order of the model's modules. */
type Init = (parameter: Parameter) => Make;

/** The ways to make initial weights, by the option's value. */
const INITS: Record<NonNullable<CreateOptions["init"]>, (machine: Machine, options: CreateOptions) => Init> = {
  normal: normalInit,
  torch: torchInit,
};

/** Fills a model with seeded weights; scales are 1. `onMade` hears how many there are so far. */
export function initialise(machine: Machine, options: CreateOptions, onMade: (count: number) => void = () => {}): void {
  const { init = "normal" } = options;
  const draw = INITS[init](machine, options);
  let made = 0;
  for (const parameter of parameters(machine.config)) {
    const make = parameter.role === "scale" ? constant(machine.arena, 1) : draw(parameter);
    machine.writer.generate(parameter.name, (pointer, first, count) => {
      make(pointer, first, count);
      made += count;
      onMade(made);
    });
  }
}

/**
 * Normal(0, std) matrices and embeddings, zero biases. Each parameter's values come from the seed and its own name,
 * so they are the same in every engine and format.
 */
function normalInit({ engine, arena }: Machine, { seed, initStd = STD }: CreateOptions): Init {
  return ({ name, role }) => {
    if (role === "bias") return constant(arena, 0);
    const base = mix((BigInt(seed) + (BigInt(fnv1a(new TextEncoder().encode(name))) << 32n)) & MASK);
    return (pointer, first, count) => engine.kernels.fill_normal(pointer, base, initStd, first, count);
  };
}

/**
 * As PyTorch makes the book's modules after `torch.manual_seed(seed)`: an embedding is normal(0, 1), a linear map
 * uniform in ±1/√inputs, its weight and then its bias; a norm's shift is 0.
 */
function torchInit({ arena }: Machine, { seed }: CreateOptions): Init {
  const random = new TorchRandom(seed);
  let bound = 0;
  return ({ name, role, shape }) => {
    const [outs = 1, inputs = 1] = shape;
    if (role === "matrix") bound = 1 / Math.sqrt(inputs);
    if (name.endsWith(".shift")) return constant(arena, 0);
    const fill = role === "embedding" ? random.normal(outs * inputs) : random.uniform(bound);
    return (pointer, _, count) => fill(arena.f32(pointer, count));
  };
}

/** The finaliser of splitmix64 (Steele, Lea, Flood 2014). */
function mix(z: bigint): bigint {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}
