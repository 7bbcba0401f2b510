import { expect, test } from "vitest";
import { exp } from "../../worker/sampling/exp";
import { createRandom } from "../../worker/sampling/random";

/** xoshiro128** as its authors' C code has it, in BigInt, from the same seeded state. */
function reference(seed: number): () => bigint {
  const M = 0xffffffffn;
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & M;
  let weyl = BigInt(seed);
  const word = (): bigint => {
    weyl = (weyl + 0x9e3779b9n) & M;
    const a = ((weyl ^ (weyl >> 16n)) * 0x85ebca6bn) & M;
    const b = ((a ^ (a >> 13n)) * 0xc2b2ae35n) & M;
    return b ^ (b >> 16n);
  };
  const s = [word(), word(), word(), word()] as [bigint, bigint, bigint, bigint];
  return () => {
    const result = (rotl((s[1] * 5n) & M, 7n) * 9n) & M;
    const t = (s[1] << 9n) & M;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11n);
    return result;
  };
}

test.each([0, 1, 123, 2 ** 32 - 1])("seed %i gives xoshiro128**'s numbers", (seed) => {
  const random = createRandom(seed);
  const next = reference(seed);
  for (let i = 0; i < 100; i++)
    expect(random.next()).toBe(Number((next() >> 5n) * 2n ** 26n + (next() >> 6n)) / 2 ** 53);
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
