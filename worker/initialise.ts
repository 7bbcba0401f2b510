import type { Machine } from "./assemble";
import { parameters } from "./model/parameters";

const MASK = (1n << 64n) - 1n;

/** The finaliser of splitmix64 (Steele, Lea, Flood 2014). */
function mix(z: bigint): bigint {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

/** FNV-1a, 32 bits, of a name's bytes. */
function fnv1a(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/**
 * Fills a model with normal(0, std) matrices and embeddings, zero biases and unit scales. Each parameter's values
 * come from the seed and its own name, so they are the same in every engine and format.
 */
export async function initialise({ config, writer, engine, arena }: Machine, seed: number, std: number): Promise<void> {
  const constants = { bias: 0, scale: 1 };
  for (const { name, role } of parameters(config)) {
    if (role === "bias" || role === "scale") {
      writer.generate(name, (pointer, _, count) => arena.f32(pointer, count).fill(constants[role]));
    } else {
      const base = mix((BigInt(seed) + (BigInt(fnv1a(name)) << 32n)) & MASK);
      writer.generate(name, (pointer, first, count) => engine.kernels.fill_normal(pointer, base, std, first, count));
    }
  }
}
