import { expect, test } from "vitest";
import { exp } from "../../worker/sampling/exp";
import { createRandom } from "../../worker/sampling/random";

const M = 0xffffffffn;
const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & M;
/** Word i of the 128 bits of a state. */
const word = (state: bigint, i: number): bigint => (state >> BigInt(32 * i)) & M;

/** The state that splitmix32 makes of a seed. */
function seeded(seed: number): bigint {
  let state = 0n;
  for (let i = 1; i <= 4; i++) {
    const weyl = (BigInt(seed) + BigInt(i) * 0x9e3779b9n) & M;
    const a = ((weyl ^ (weyl >> 16n)) * 0x85ebca6bn) & M;
    const b = ((a ^ (a >> 13n)) * 0xc2b2ae35n) & M;
    state |= (b ^ (b >> 16n)) << BigInt(32 * (i - 1));
  }
  return state;
}

/** xoshiro128**'s step as its authors' C code has it, in BigInt. */
function step(state: bigint): bigint {
  let [s0, s1, s2, s3] = [0, 1, 2, 3].map((i) => word(state, i)) as [bigint, bigint, bigint, bigint];
  const t = (s1 << 9n) & M;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= t;
  s3 = rotl(s3, 11n);
  return s0 | (s1 << 32n) | (s2 << 64n) | (s3 << 96n);
}

/** Its numbers from a state on, each of two draws. */
function reference(state: bigint): () => number {
  const draw = () => {
    const result = (rotl((word(state, 1) * 5n) & M, 7n) * 9n) & M;
    state = step(state);
    return result;
  };
  return () => Number((draw() >> 5n) * 2n ** 26n + (draw() >> 6n)) / 2 ** 53;
}

test.each([0, 1, 123, 2 ** 32 - 1])("seed %i gives xoshiro128**'s numbers", (seed) => {
  const random = createRandom(seed);
  const next = reference(seeded(seed));
  for (let i = 0; i < 100; i++) expect(random.next()).toBe(next());
});

test("a fork is 2^64 steps on: the step as a matrix over GF(2), squared 64 times", () => {
  const times = (columns: readonly bigint[], x: bigint) =>
    columns.reduce((sum, column, i) => ((x >> BigInt(i)) & 1n ? sum ^ column : sum), 0n);
  let columns = Array.from({ length: 128 }, (_, i) => step(1n << BigInt(i)));
  for (let i = 0; i < 64; i++) {
    const once = columns;
    columns = once.map((column) => times(once, column));
  }
  for (const seed of [1, 99]) {
    const fork = createRandom(seed).fork(1);
    const next = reference(times(columns, seeded(seed)));
    for (let i = 0; i < 5; i++) expect(fork.next()).toBe(next());
  }
});

test("the first numbers of seed 1 never change", () => {
  const random = createRandom(1);
  expect([random.next(), random.next(), random.next()]).toMatchInlineSnapshot(`
    [
      0.5686059948349658,
      0.8893939367683266,
      0.4705824180198359,
    ]
  `);
});

test("fork 0 goes on where the generator stands, others go their own ways and leave it alone", () => {
  const random = createRandom(1);
  random.next();
  const forks = [0, 1, 2].map((index) => random.fork(index).next());
  expect(new Set(forks).size).toBe(3);
  expect(random.next()).toBe(forks[0]);
  expect(createRandom(1).fork(2).next()).toBe(createRandom(1).fork(1).fork(1).next());
});

test("exp is within 1e-15 of Math.exp from -700 to 0", () => {
  let worst = 0;
  for (let x = -700; x <= 0; x += 0.0137) worst = Math.max(worst, Math.abs(exp(x) / Math.exp(x) - 1));
  console.log(`exp: largest relative error ${worst}`);
  expect(worst).toBeLessThan(1e-15);
  expect([exp(0), exp(-Infinity), exp(-746), exp(-0)]).toEqual([1, 0, 0, 1]);
  expect(exp(-744)).toBeGreaterThan(0);
});
