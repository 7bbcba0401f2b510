import { expect, test } from "vitest";
import type { GPT } from "../../src/index";
import { Queue } from "../../worker/queue";
import { goldenModel } from "../helpers/models";
import { listed } from "../helpers/texts";

const prompt = [3, 1, 4, 1, 5, 9, 2, 6];
const greedy = { temperature: 0, stopTokens: [], maxNewTokens: 15 } as const;

/** Kinds of calls; each is the same alone and in company. */
const CALLS: Record<string, (gpt: GPT) => Promise<unknown>> = {
  streamed: async (gpt) => listed(gpt.generate(prompt, greedy)),
  sampled: async (gpt) => (await gpt.generate(prompt, { seed: 3, maxNewTokens: 15, stopTokens: [] })).ids,
  several: async (gpt) => (await gpt.generate(prompt, { seed: 3, n: 3, maxNewTokens: 9 })).sequences,
  logits: (gpt) => gpt.logits(prompt),
  score: (gpt) => gpt.score([9, 8, 7, 6, 5]),
  trace: async (gpt) => (await gpt.trace(prompt, { hooks: ["blocks.0.resid_post"] })).activations,
  beams: async (gpt) => (await gpt.generate(prompt, { ...greedy, numBeams: 2 })).sequences,
  speculating: async (gpt) => (await gpt.generate(prompt, { ...greedy, speculate: 4 })).ids,
  slid: async (gpt) => (await gpt.generate(prompt, { ...greedy, maxNewTokens: 70, onContextFull: "slide" })).ids,
  last: (gpt) => gpt.logits(prompt.slice(0, 3), { last: true }),
};

test("any number of calls at once: each answers as it does alone on a fresh model", async () => {
  const alone: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(CALLS)) {
    using fresh = await goldenModel("relu40");
    alone[name] = await call(fresh);
  }
  using gpt = await goldenModel("relu40");
  const aborted = (async () => {
    for await (const _ of gpt.generate(prompt, greedy).tokens()) break;
  })();
  const names = Object.keys(CALLS);
  for (const order of [names, [...names].reverse()]) {
    const found = await Promise.all(order.map((name) => CALLS[name]?.(gpt)));
    order.forEach((name, i) => {
      expect(found[i], name).toEqual(alone[name]);
    });
  }
  await aborted;
});

test("calls answer in the order they were made", async () => {
  using gpt = await goldenModel("head26");
  const done: number[] = [];
  await Promise.all(
    [0, 1, 2, 3].map((i) => gpt.generate(prompt, { ...greedy, maxNewTokens: 8 - i }).then(() => done.push(i))),
  );
  expect(done).toEqual([0, 1, 2, 3]);
});

test("n sequences, any n and any threads, are the sequences of n single runs", async () => {
  using one = await goldenModel("wide", { threads: 1 });
  using two = await goldenModel("wide", { threads: 2 });
  const options = { seed: 8, maxNewTokens: 12, stopTokens: [] };
  const { ids } = await one.generate(prompt, options);
  const four = await one.generate(prompt, { ...options, n: 4 });
  expect(four.ids).toEqual(ids);
  expect((await two.generate(prompt, { ...options, n: 4 })).sequences).toEqual(four.sequences);
  const twenty = await two.generate(prompt, { ...options, n: 20 });
  for (const sequence of four.sequences ?? []) {
    expect(twenty.sequences?.find(({ index }) => index === sequence.index)).toEqual(sequence);
  }
  for (const { ids: written, logprob } of twenty.sequences ?? []) {
    const { logprobs } = await one.score([...prompt, ...written]);
    const sum = logprobs.slice(prompt.length - 1).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - logprob)).toBeLessThan(1e-3);
  }
});

for (const format of ["f32", "q8_0", "q4_0"] as const) {
  test(`speculation changes no bit of what is drawn: ${format}`, async () => {
    using gpt = await goldenModel("wide", { format });
    const periodic = Array.from({ length: 60 }, (_, i) => prompt[i % prompt.length] ?? 0);
    for (const options of [{ temperature: 0 }, { seed: 2, topP: 0.9 }, { seed: 2, n: 2 }]) {
      const whole = { ...options, maxNewTokens: 60, stopTokens: [], logprobs: 3 };
      const run = async (speculate: number) => {
        const tokens = await listed(gpt.generate(periodic, { ...whole, speculate }).tokens());
        return tokens.filter(({ index = 0 }) => index === 0);
      };
      const plain = await run(0);
      expect(await run(4)).toEqual(plain);
      expect(await run(15)).toEqual(plain);
    }
  });
}

test("a job that is aborted before its turn rejects at once and is never run, and the next one is", async () => {
  const queue = new Queue();
  const ran: string[] = [];
  let release = () => {};
  const first = queue.run(() => new Promise<void>((resolve) => (release = resolve)));
  const abort = new AbortController();
  const waiting = queue.run(async () => ran.push("waiting"), abort.signal);
  const late = queue.run(async () => ran.push("late"), AbortSignal.abort("before"));
  const last = queue.run(async () => ran.push("last"));
  abort.abort("meanwhile");
  await expect(waiting).rejects.toBe("meanwhile");
  await expect(late).rejects.toBe("before");
  release();
  await Promise.all([first, last]);
  expect(ran).toEqual(["last"]);
});
