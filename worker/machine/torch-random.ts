const WORDS = 624;
const BLOCK = 16;

/** Mersenne Twister (Matsumoto, Nishimura 1998), seeded as PyTorch's CPU generator is. */
class MersenneTwister {
  private readonly state = new Uint32Array(WORDS);
  private index = WORDS;

  constructor(seed: number) {
    this.state[0] = seed;
    for (let i = 1; i < WORDS; i++) {
      const last = this.state[i - 1] ?? 0;
      this.state[i] = Math.imul(last ^ (last >>> 30), 1812433253) + i;
    }
  }

  /** 32 bits, as a signed number. */
  next(): number {
    if (this.index === WORDS) this.twist();
    let y = this.state[this.index++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < WORDS; i++) {
      const y = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % WORDS] ?? 0) & 0x7fffffff);
      state[i] = (state[(i + 397) % WORDS] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.index = 0;
  }
}

/** Fills its argument with the next values of a tensor, which may come in several parts. */
export type Filler = (values: Float32Array) => void;

/**
 * PyTorch's seeded draws on the CPU (`torch.manual_seed`), checked against its own in test/golden/torch-init.json:
 * uniforms to the bit, normals within 1e-6.
 */
export class TorchRandom {
  private readonly twister: MersenneTwister;
  /** The second value of a pair, for the next tensor under 16 values. */
  private kept: number | undefined;

  constructor(seed: number) {
    this.twister = new MersenneTwister(seed);
  }

  /** `uniform_(-bound, bound)`: the low 24 bits of a draw, scaled and rounded to f32 once, as a fused multiply-add does. */
  uniform(bound: number): Filler {
    const from = Math.fround(-bound);
    const range = Math.fround(Math.fround(bound) - from);
    return (values) => {
      for (let i = 0; i < values.length; i++) values[i] = this.fraction() * range + from;
    };
  }

  /** `normal_(0, 1)` of a tensor of `count` values. */
  normal(count: number): Filler {
    if (count < BLOCK) {
      return (values) => {
        for (let i = 0; i < values.length; i++) values[i] = this.single();
      };
    }
    return this.blocks(count);
  }

  /**
   * `count` values in blocks of 16. Where 16 does not divide `count`, the uniforms of the rest are drawn in vain and
   * the last 16 values come from a further block, over the end of the last whole one.
   */
  private blocks(count: number): Filler {
    const rest = count % BLOCK;
    const lastWhole = Math.floor(count / BLOCK) - 1;
    const block = new Float32Array(BLOCK);
    let number = -1;
    let [at, end] = [0, 0];
    return (values) => {
      for (let i = 0; i < values.length; i++) {
        if (at === end) {
          number++;
          if (number > lastWhole) for (let skipped = 0; skipped < rest; skipped++) this.twister.next();
          this.fillBlock(block);
          [at, end] = [0, rest > 0 && number === lastWhole ? rest : BLOCK];
        }
        values[i] = block[at++] ?? 0;
      }
    };
  }

  /** Eight Box–Muller pairs, cosines first, from 16 uniforms. */
  private fillBlock(block: Float32Array): void {
    for (let i = 0; i < BLOCK; i++) block[i] = this.fraction();
    for (let i = 0; i < BLOCK / 2; i++) {
      const radius = Math.sqrt(-2 * Math.log(1 - (block[i] ?? 0)));
      const angle = 2 * Math.PI * (block[i + BLOCK / 2] ?? 0);
      block[i] = radius * Math.cos(angle);
      block[i + BLOCK / 2] = radius * Math.sin(angle);
    }
  }

  /** One value of a small tensor, in f64, from 53-bit uniforms. */
  private single(): number {
    if (this.kept !== undefined) {
      const value = this.kept;
      this.kept = undefined;
      return value;
    }
    const [u1, u2] = [this.fraction53(), this.fraction53()];
    const radius = Math.sqrt(-2 * Math.log1p(-u2));
    this.kept = radius * Math.sin(2 * Math.PI * u1);
    return radius * Math.cos(2 * Math.PI * u1);
  }

  private fraction(): number {
    return (this.twister.next() & 0xffffff) / 2 ** 24;
  }

  private fraction53(): number {
    const high = this.twister.next() & 0x1fffff;
    return (high * 2 ** 32 + (this.twister.next() >>> 0)) / 2 ** 53;
  }
}
