import { expect, test } from "vitest";
import { ThreadPolicy } from "../../worker/wasm/thread-policy";

/** Runs steps whose time depends on the threads used; how often each count was used. */
function run(policy: ThreadPolicy, steps: number, msWith: (threads: number) => number): Map<number, number> {
  const used = new Map<number, number>();
  for (let step = 0; step < steps; step++) {
    const { threads } = policy;
    used.set(threads, (used.get(threads) ?? 0) + 1);
    policy.record(msWith(threads));
  }
  return used;
}

test("threads that pay are kept, but for a short trial with one", () => {
  const used = run(new ThreadPolicy(2, true), 504, (threads) => (threads === 2 ? 5 : 9));
  expect(used.get(2)).toBeGreaterThan(490);
});

test("threads that make it slower are dropped", () => {
  const used = run(new ThreadPolicy(2, true), 504, (threads) => (threads === 2 ? 9 : 5));
  expect(used.get(1)).toBeGreaterThan(490);
});

test("they come back once the other core is free again", () => {
  const policy = new ThreadPolicy(4, true);
  run(policy, 504, (threads) => (threads === 4 ? 9 : 5));
  const used = run(policy, 504, (threads) => (threads === 4 ? 5 : 9));
  expect(used.get(4)).toBeGreaterThan(480);
});

test("threads that hardly pay leave their cores to others", () => {
  const used = run(new ThreadPolicy(2, true), 504, (threads) => (threads === 2 ? 97 : 100));
  expect(used.get(1)).toBeGreaterThan(490);
});

test("a pass over many positions is no trial: it takes the threads that were last found to pay", () => {
  const policy = new ThreadPolicy(2, true);
  run(policy, 508, (threads) => (threads === 2 ? 9 : 5));
  expect([policy.threads, policy.settled]).toEqual([2, 1]); // the next trial begins
});

test("one slow step does not decide", () => {
  let step = 0;
  const used = run(new ThreadPolicy(2, true), 504, (threads) => (step++ === 1 ? 500 : threads === 2 ? 5 : 9));
  expect(used.get(2)).toBeGreaterThan(490);
});

test("a number that was asked for stays", () => {
  const used = run(new ThreadPolicy(3, false), 50, (threads) => 10 * threads);
  expect([...used]).toEqual([[3, 50]]);
});
