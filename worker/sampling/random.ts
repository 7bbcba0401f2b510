/** A seeded generator: 32-bit integer arithmetic and exact scalings only, so the same numbers in every engine. */
export interface Random {
  /** Uniform over the multiples of 2⁻⁵³ in [0, 1). */
  next(): number;
  /** The generator of parallel sequence `index`: `index` times 2⁶⁴ steps ahead of where this one stands. */
  fork(index: number): Random;
}

type State = [number, number, number, number];

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** The finaliser of MurmurHash3 (Appleby 2011) over a Weyl step: a 32-bit number that looks like none of its neighbours'. */
export function mix32(x: number): number {
  const weyl = (x + 0x9e3779b9) | 0;
  const a = Math.imul(weyl ^ (weyl >>> 16), 0x85ebca6b);
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}

/** splitmix32: the finaliser of MurmurHash3 over a Weyl sequence; spreads one seed over four words. */
function splitmix32(seed: number): State {
  const word = (i: number) => mix32(seed + Math.imul(i, 0x9e3779b9));
  return [word(0), word(1), word(2), word(3)];
}

/** One step of xoshiro128**, in place; returns 32 bits. */
function step(s: State): number {
  const result = Math.imul(rotl(Math.imul(s[1], 5), 7), 9);
  const t = s[1] << 9;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotl(s[3], 11);
  return result >>> 0;
}

const JUMP = [0x8764000b, 0xf542d2d3, 0x6fa035c3, 0x77f2db5b];

/** 2⁶⁴ steps at once. */
function jump(s: State): State {
  const to: State = [0, 0, 0, 0];
  for (const word of JUMP) {
    for (let bit = 0; bit < 32; bit++) {
      if (word & (1 << bit)) for (let i = 0; i < 4; i++) to[i as 0] ^= s[i as 0];
      step(s);
    }
  }
  return to;
}

function from(state: State): Random {
  return {
    next: () => ((step(state) >>> 5) * 2 ** 26 + (step(state) >>> 6)) / 2 ** 53,
    fork(index) {
      let s: State = [...state];
      for (let i = 0; i < index; i++) s = jump(s);
      return from(s);
    },
  };
}

/**
 * xoshiro128** 1.1 seeded by splitmix32 (Blackman, Vigna 2018, prng.di.unimi.it); 53-bit numbers from two draws as in
 * mt19937's genrand_res53.
 */
export function createRandom(seed: number): Random {
  return from(splitmix32(seed));
}
