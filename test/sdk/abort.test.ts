import { afterAll, expect, test, vi } from "vitest";
import { createModel, type GPT, GPTError, shortcutGradients } from "../../src/index";
import { goldenModel } from "../helpers/models";

/** Seconds of work for each call: 700 positions through 24 layers, and a vocabulary of 20,000 to describe. */
const LONG = Array.from({ length: 700 }, (_, i) => (i * 7) % 20_000);
const big = await createModel(
  {
    vocabSize: 20_000,
    contextLength: 700,
    embDim: 256,
    nHeads: 4,
    nLayers: 24,
    dropRate: 0.1,
    qkvBias: false,
    experts: { count: 4, topK: 2 },
  },
  { seed: 1, format: "f32", threads: 1 },
);
afterAll(() => big.dispose());
/** What the shortest of the calls takes here. */
const whole = await timed(() => big.logits(LONG, { last: true }));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Every call that takes a signal, on work that is long. */
const CALLS: Record<string, (gpt: GPT, ids: readonly number[], signal: AbortSignal) => Promise<unknown>> = {
  logits: (gpt, ids, signal) => gpt.logits(ids, { signal }),
  last: (gpt, ids, signal) => gpt.logits(ids, { last: true, signal }),
  intervened: (gpt, ids, signal) =>
    gpt.logits(ids, { last: true, signal, interventions: [{ ablate: { layer: 0 }, to: "mean" }] }),
  score: (gpt, ids, signal) => gpt.score(ids, { signal }),
  trace: (gpt, ids, signal) => gpt.trace(ids, { hooks: ["blocks.*.resid_post"], stats: true, signal }),
  effect: (gpt, ids, signal) => gpt.trace(ids, { hooks: [], interventions: [{ ablate: "pos_embed" }], signal }),
  lens: (gpt, ids, signal) => gpt.lens(ids, { signal }),
  attribution: (gpt, ids, signal) => gpt.attribution(ids, { signal }),
  residual: (gpt, ids, signal) => gpt.residual(ids, { signal }),
  routing: (gpt, ids, signal) => gpt.routing(ids, { signal }),
  surprisal: (gpt, ids, signal) => gpt.surprisal(ids, { signal }),
};

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}: aborted under way it rejects with the reason, the worker stops, the next answer is whole`, async () => {
    const before = await big.logits([5, 4, 3], { last: true });
    const abort = new AbortController();
    const reason = new Error("enough");
    const answer = call(big, LONG, abort.signal);
    setTimeout(() => abort.abort(reason), whole / 8);
    await expect(answer).rejects.toBe(reason);
    let after: Float32Array | undefined;
    const freeMs = await timed(async () => {
      after = await big.logits([5, 4, 3], { last: true }); // comes when the worker has left the call
    });
    console.log(`${name}: the worker was free after ${freeMs.toFixed(0)} ms of ${whole.toFixed(0)}`);
    expect(freeMs).toBeLessThan(whole / 2); // one that hears nothing works on for seven eighths and more
    expect(after).toEqual(before);
  });

  test(`${name}: a signal that has fired, and one that fires while the call waits`, async () => {
    await expect(call(big, LONG, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
    const first = new AbortController();
    const waiting = new AbortController();
    const one = call(big, LONG, first.signal);
    const two = call(big, LONG, waiting.signal);
    waiting.abort();
    await expect(two).rejects.toMatchObject({ name: "AbortError" });
    first.abort();
    await expect(one).rejects.toMatchObject({ name: "AbortError" });
  });
}

/** A call lasts milliseconds, and may be over before it hears. */
const TRIES = 10;

test("what a call leaves half read does not spoil the next: every answer is a fresh model's", async () => {
  const ids = Array.from({ length: 40 }, (_, i) => (i * 11) % 300);
  using fresh = await goldenModel("head26");
  const expected = await fresh.logits(ids);
  using gpt = await goldenModel("head26");
  const never = new AbortController().signal;
  const calls = Object.entries(CALLS).filter(([name]) => name !== "routing");
  const wereCut = new Set<string>();
  for (const [name, call] of calls) {
    for (let tries = 0; !wereCut.has(name) && tries < TRIES; tries++) {
      const abort = new AbortController();
      const cut = call(gpt, ids, abort.signal).catch((error: unknown) => error);
      const whole = call(gpt, ids, never);
      setTimeout(() => abort.abort(), 1);
      const outcome = await cut;
      if (outcome instanceof DOMException && outcome.name === "AbortError") wereCut.add(name);
      await whole;
      expect(await gpt.logits(ids), name).toEqual(expected);
    }
  }
  expect(wereCut.size).toBeGreaterThan(calls.length / 2);
});

test("gradients are given up with their worker", async () => {
  const abort = new AbortController();
  const sizes = new Array(40).fill(1024);
  const answer = shortcutGradients({ sizes, signal: abort.signal });
  setTimeout(() => abort.abort(), 60);
  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
  await expect(shortcutGradients({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
});

test("what is no signal, or no option, is refused by name; a disposed model rejects all the same", async () => {
  const gpt = await goldenModel("head26");
  await expect(gpt.lens([1], { signal: {} as AbortSignal })).rejects.toThrow(
    /^signal: found \[object Object\]; allowed: an AbortSignal/,
  );
  await expect(gpt.logits([1], { lst: true } as never)).rejects.toThrow("did you mean last?");
  for (const call of ["score", "residual", "routing", "surprisal"] as const)
    await expect(gpt[call]([1], { top: 3 } as never)).rejects.toThrow(`top is not an option of ${call}()`);
  const { signal } = new AbortController();
  const pending = gpt.trace(LONG.slice(0, 20), { hooks: true, signal });
  gpt.dispose();
  await expect(pending).rejects.toBeInstanceOf(GPTError);
});

test("the plain run that finds a mean is within maxTime and hears the signal, and a session goes on from there", async () => {
  const interventions = [{ ablate: { layer: 0 }, to: "mean" }] as const;
  const options = { interventions, temperature: 0, stopTokens: [], maxNewTokens: 3 };
  using session = big.session();
  const ids = LONG.slice(0, 690);
  const late = performance.now();
  const { finishReason, usage } = await session.generate(ids, { ...options, maxTime: 0 });
  expect(performance.now() - late).toBeLessThan(whole / 2);
  expect({ finishReason, promptTokens: usage.promptTokens }).toEqual({ finishReason: "time", promptTokens: 690 });
  expect(session.ids).toEqual(ids);
  const abort = new AbortController();
  const run = session.generate([], { ...options, signal: abort.signal });
  setTimeout(() => abort.abort(), whole / 8);
  expect(await run).toMatchObject({ ids: [], finishReason: "aborted" });
  expect(session.ids).toEqual(ids);
  expect((await session.generate([], options)).ids).toEqual((await big.generate(ids, options)).ids);
});

test("a call that is done lets go of its signal and of its port", async () => {
  using gpt = await goldenModel("head26");
  const { signal } = new AbortController();
  const [taken, left] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
  using closed = vi.spyOn(MessagePort.prototype, "close");
  await gpt.logits([1], { signal });
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  expect(left).toHaveBeenCalledWith("abort", taken.mock.calls[0]?.[1]);
});
