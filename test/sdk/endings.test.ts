import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startGeneration } from "../../src/generation";
import { type Generation, type GPT, GPTError, loadModel } from "../../src/index";
import type { WorkerClient } from "../../src/worker-client";
import { goldenModel } from "../helpers/models";
import { listed } from "../helpers/texts";

const greedy = { temperature: 0, stopTokens: [] } as const;
const prompt = [3, 1, 4, 1, 5];
const rejections: unknown[] = [];
const onRejection = (event: PromiseRejectionEvent) => rejections.push(event.reason);

beforeEach(() => addEventListener("unhandledrejection", onRejection));
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  removeEventListener("unhandledrejection", onRejection);
  expect(rejections.splice(0)).toEqual([]);
});

/** Fails where something hangs. */
function soon<T>(promise: PromiseLike<T>, ms = 5000): Promise<T> {
  return Promise.race([
    promise,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`nothing came within ${ms} ms`)), ms)),
  ]);
}

/** The next call is whole. */
async function expectWhole(gpt: GPT, expected: readonly number[]): Promise<void> {
  expect((await soon(gpt.generate(prompt, { ...greedy, maxNewTokens: expected.length }))).ids).toEqual(expected);
}

test("aborted at every token, a run ends where it is and the next is whole", async () => {
  using gpt = await goldenModel("head26");
  const { ids } = await gpt.generate(prompt, { ...greedy, maxNewTokens: 12 });
  const endless = { ...greedy, maxNewTokens: 20_000, onContextFull: "slide" } as const;
  for (let after = 1; after <= 12; after++) {
    const abort = new AbortController();
    const run = gpt.generate(prompt, { ...endless, signal: abort.signal });
    let seen = 0;
    for await (const _ of run.tokens()) if (++seen === after) abort.abort();
    const result = await soon(run);
    expect(result.finishReason).toBe("aborted");
    expect(result.ids.length).toBe(seen);
    expect(result.ids.slice(0, 12)).toEqual(ids.slice(0, seen));
    await expectWhole(gpt, ids);
  }
});

test("leaving the iterator ends the run; the next call is whole", async () => {
  using gpt = await goldenModel("head26");
  const { ids } = await gpt.generate(prompt, { ...greedy, maxNewTokens: 8 });
  const run = gpt.generate([3, 1], { ...greedy, maxNewTokens: 200_000, onContextFull: "slide" });
  for await (const _ of run) break;
  const { finishReason } = await soon(run);
  expect(finishReason).toBe("aborted");
  for await (const _ of gpt.generate([3, 1], { ...greedy, maxNewTokens: 200_000, onContextFull: "slide" }).tokens())
    break;
  await expectWhole(gpt, ids);
});

test("leaving an iterator before its first piece, or while it waits for one, ends the run at once", async () => {
  using gpt = await goldenModel("head26");
  const { ids } = await gpt.generate(prompt, { ...greedy, maxNewTokens: 5 });
  const readers: ((run: Generation) => AsyncGenerator<unknown, void>)[] = [
    (run) => run[Symbol.asyncIterator](),
    (run) => run.tokens(),
  ];
  const long = [
    { numBeams: 16, maxNewTokens: 55 },
    { onContextFull: "slide", maxNewTokens: 200_000 },
  ] as const;
  for (const options of long) {
    for (const read of readers) {
      const unread = gpt.generate(prompt, { ...greedy, ...options });
      expect(await soon(read(unread).return())).toEqual({ done: true, value: undefined });
      expect((await soon(unread)).finishReason).toBe("aborted");
      const run = gpt.generate(prompt, { ...greedy, ...options });
      const pieces = read(run);
      const next = pieces.next();
      await soon(pieces.return());
      await soon(next);
      expect(await soon(pieces.next())).toEqual({ done: true, value: undefined });
      expect((await soon(run)).finishReason).toBe("aborted");
    }
  }
  const whole = gpt.generate(prompt, { ...greedy, maxNewTokens: 5 });
  const all = whole.tokens();
  while (!(await all.next()).done);
  await all.return();
  expect((await whole).finishReason).toBe("length");
  await expectWhole(gpt, ids);
});

test("an error thrown into an iterator comes back from it, and ends the run", async () => {
  using gpt = await goldenModel("head26");
  const { ids } = await gpt.generate(prompt, { ...greedy, maxNewTokens: 5 });
  const endless = { ...greedy, maxNewTokens: 200_000, onContextFull: "slide" } as const;
  const readers: ((run: Generation) => AsyncGenerator<unknown, void>)[] = [
    (run) => run[Symbol.asyncIterator](),
    (run) => run.tokens(),
  ];
  for (const read of readers) {
    for (const begin of [async () => undefined, async (pieces: AsyncGenerator) => pieces.next()]) {
      const run = gpt.generate(prompt, endless);
      const pieces = read(run);
      await soon(begin(pieces));
      await expect(soon(pieces.throw(new Error("enough")))).rejects.toThrow("enough");
      expect(await soon(pieces.next())).toEqual({ done: true, value: undefined });
      expect((await soon(run)).finishReason).toBe("aborted");
    }
  }
  await expectWhole(gpt, ids);
});

test("a signal that has already fired gives no token", async () => {
  using gpt = await goldenModel("head26");
  const run = gpt.generate(prompt, { ...greedy, signal: AbortSignal.abort() });
  for await (const token of run.tokens()) expect(token).toBeUndefined();
  expect(await soon(run)).toMatchObject({ ids: [], text: "", finishReason: "aborted" });
});

test("a call aborted while it waits answers at once, and those behind it come", async () => {
  using gpt = await goldenModel("head26");
  const long = new AbortController();
  const slide = { ...greedy, maxNewTokens: 200_000, onContextFull: "slide" } as const;
  const first = gpt.generate(prompt, { ...slide, signal: long.signal });
  const abort = new AbortController();
  const waiting = gpt.generate(prompt, { ...greedy, signal: abort.signal, n: 1 });
  const last = gpt.generate(prompt, { ...greedy, maxNewTokens: 3 });
  for await (const _ of first) break; // also ends it, later than …
  const other = gpt.generate(prompt, { ...slide, signal: long.signal });
  const behind = gpt.generate(prompt, { ...greedy, signal: abort.signal });
  abort.abort();
  expect(await soon(behind)).toMatchObject({ ids: [], finishReason: "aborted" });
  expect((await soon(waiting)).finishReason).toBe("aborted");
  long.abort();
  expect((await soon(last)).ids).toHaveLength(3);
  expect((await soon(other)).finishReason).toBe("aborted");
});

test("time is up: the run ends with what it has", async () => {
  using gpt = await goldenModel("head26");
  const started = performance.now();
  const { finishReason } = await soon(
    gpt.generate(prompt, { ...greedy, maxTime: 80, maxNewTokens: 10_000_000, onContextFull: "slide" }),
  );
  expect(finishReason).toBe("time");
  expect(performance.now() - started).toBeGreaterThanOrEqual(75);
});

test("dispose ends what runs and what waits, and can be called again; so can the model's methods", async () => {
  const gpt = await goldenModel("head26");
  const run = gpt.generate(prompt, { ...greedy, maxNewTokens: 200_000, onContextFull: "slide" });
  const waiting = gpt.generate(prompt);
  const logits = gpt.logits(prompt);
  const pieces = (async () => {
    for await (const _ of run) gpt.dispose();
  })();
  await expect(soon(pieces)).rejects.toMatchObject({ code: "disposed" });
  gpt.dispose();
  const late = [gpt.generate(prompt), gpt.encode("a"), gpt.decode(prompt), gpt.score(prompt), gpt.parameters()];
  for (const promise of [run, waiting, logits, ...late]) {
    await expect(soon(Promise.resolve(promise))).rejects.toBeInstanceOf(GPTError);
  }
});

test("a model is disposed where its block ends", async () => {
  const inBlock = async () => {
    using gpt = await goldenModel("head26");
    return () => gpt.logits(prompt);
  };
  const late = await inBlock();
  await expect(soon(late())).rejects.toMatchObject({ code: "disposed" });
});

test("a run has a promise's catch and finally", async () => {
  using gpt = await goldenModel("head26");
  const run = gpt.generate(prompt, { ...greedy, maxNewTokens: 2 });
  const wrong = gpt.generate(prompt, { topK: -1 });
  let ends = 0;
  const onEnd = () => ends++;
  expect(await soon(run.catch(() => "caught"))).toEqual(await run);
  expect(await soon(wrong.catch(() => "caught"))).toBe("caught");
  expect(await soon(run.finally(onEnd))).toEqual(await run);
  await expect(soon(wrong.finally(onEnd))).rejects.toThrow(/^topK/);
  expect(ends).toBe(2);
});

test("dispose right after a call, and an unwatched run, leave no rejection without an owner", async () => {
  const gpt = await goldenModel("head26");
  gpt.generate(prompt, greedy);
  gpt.generate(prompt, { temperature: -1 });
  gpt.dispose();
  await expect(gpt.generate(prompt)).rejects.toMatchObject({ code: "disposed" });
});

test("a load that is aborted rejects with the signal's reason", async () => {
  const abort = new AbortController();
  const loading = loadModel(new URL("/test/golden/head26/", location.href), { signal: abort.signal });
  abort.abort();
  await expect(soon(loading)).rejects.toMatchObject({ name: "AbortError" });
});

test("a wrong option rejects the promise and the iterator, and the next call is whole", async () => {
  using gpt = await goldenModel("head26");
  const { ids } = await gpt.generate(prompt, { ...greedy, maxNewTokens: 5 });
  const run = gpt.generate(prompt, { topK: -1 });
  await expect(soon(run)).rejects.toThrow(TypeError);
  await expect(soon(listed(run))).rejects.toThrow(/^topK/);
  const wrongSignal = gpt.generate(prompt, { signal: {} as AbortSignal });
  await expect(soon(wrongSignal)).rejects.toThrow(/^signal/);
  const uncloneable = gpt.generate(prompt, { stop: (() => "x") as unknown as string });
  await expect(soon(uncloneable)).rejects.toThrow(TypeError);
  await expectWhole(gpt, ids);
});

test("of several sequences the pieces are the first one's text", async () => {
  using gpt = await goldenModel("head26");
  const run = gpt.generate("a cat", { seed: 4, n: 3, maxNewTokens: 12, stopTokens: [] });
  const { text, sequences = [] } = await soon(run);
  const first = sequences.find(({ index }) => index === 0);
  expect(new Set(sequences.map(({ text }) => text)).size).toBe(3);
  expect((await soon(listed(run))).join("")).toBe(text);
  expect(first?.text).toBe(text);
});

test("a call that is aborted while it waits tells how long its prompt was", async () => {
  using gpt = await goldenModel("head26");
  const long = new AbortController();
  const endless = { ...greedy, maxNewTokens: 200_000, onContextFull: "slide" } as const;
  const first = gpt.generate(prompt, { ...endless, signal: long.signal });
  const abort = new AbortController();
  const waiting = gpt.generate(prompt, { ...greedy, signal: abort.signal });
  abort.abort();
  expect((await soon(waiting)).usage).toMatchObject({ promptTokens: 5, newTokens: 0 });
  long.abort();
  await soon(first);
});

test("so does one whose prompt goes on from a session's text, or is empty", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  const { length } = (await session.generate([1, 2, 3], greedy)).ids;
  const long = new AbortController();
  const first = gpt.generate([5], { ...greedy, maxNewTokens: 200_000, onContextFull: "slide", signal: long.signal });
  const abort = new AbortController();
  const calls = [session.generate([7, 7], { ...greedy, signal: abort.signal })];
  calls.push(gpt.generate([], { ...greedy, signal: abort.signal }));
  abort.abort();
  const results = await Promise.all(calls.map((call) => soon(call)));
  expect(results.map(({ finishReason }) => finishReason)).toEqual(["aborted", "aborted"]);
  expect(results.map(({ usage }) => usage.promptTokens)).toEqual([3 + length + 2, 1]);
  expect(session.length).toBe(3 + length);
  long.abort();
  await soon(first);
});

test("a run that is done lets go of its worker, whose end takes nothing back, of its port and its signal", async () => {
  const token = { id: 7, text: "seven" };
  const { signal } = new AbortController();
  const left = vi.spyOn(signal, "removeEventListener");
  const closed = vi.spyOn(MessagePort.prototype, "close");
  const listeners = new Set<(reason: unknown) => void>();
  let refuse = (_: unknown) => {};
  const client = {
    runtime: {
      generate: (_prompt: unknown, _options: unknown, port: MessagePort) => {
        port.postMessage([
          { type: "token", token },
          { type: "done", result: { ids: [7], text: "seven" } },
        ]);
        return new Promise((_, reject) => {
          refuse = reject;
        });
      },
    },
    call: (call: Promise<unknown>) => call,
    onClosed: (listener: (reason: unknown) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as WorkerClient;
  const run = startGeneration(client, [1], { signal });
  expect((await soon(run)).ids).toEqual([7]);
  expect(listeners.size).toBe(0);
  expect(left).toHaveBeenCalledExactlyOnceWith("abort", expect.any(Function));
  expect(closed).toHaveBeenCalledOnce();
  closed.mockRestore();
  refuse(new Error("the worker ended before it answered the call"));
  await new Promise((resolve) => setTimeout(resolve));
  expect(await soon(listed(run.tokens()))).toEqual([token]);
});

test.each(["error", "refused", "ended"])(
  "a run that fails (%s) lets go of its worker, its port and its signal",
  async (how) => {
    const { signal } = new AbortController();
    const left = vi.spyOn(signal, "removeEventListener");
    using closed = vi.spyOn(MessagePort.prototype, "close");
    const listeners = new Set<(reason: unknown) => void>();
    const client = {
      runtime: {
        generate: async (_prompt: unknown, _options: unknown, port: MessagePort) => {
          if (how === "error") port.postMessage([{ type: "error", error: new Error("failed") }]);
          if (how === "refused") throw new Error("failed");
          if (how === "ended") for (const listener of listeners) listener(new Error("failed"));
        },
      },
      call: (call: Promise<unknown>) => call,
      received: (error: unknown) => error,
      onClosed: (listener: (reason: unknown) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    } as unknown as WorkerClient;
    await expect(startGeneration(client, [1], { signal })).rejects.toThrow("failed");
    if (how !== "ended") expect(listeners.size).toBe(0);
    expect(left).toHaveBeenCalledExactlyOnceWith("abort", expect.any(Function));
    expect(closed).toHaveBeenCalledOnce();
  },
);

test("a prompt that can't fit is refused before its turn, from which maxTime counts", async () => {
  using gpt = await goldenModel("head26");
  const abort = new AbortController();
  const endless = { ...greedy, onContextFull: "slide", maxNewTokens: 200_000, signal: abort.signal } as const;
  let over = false;
  gpt.generate(prompt, endless).then(() => {
    over = true;
  });
  const waiting = gpt.generate(prompt, { ...greedy, maxNewTokens: 1, maxTime: 300 });
  await expect(gpt.generate(new Array(65).fill(1), greedy)).rejects.toMatchObject({ code: "context-full" });
  expect(over).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 400));
  abort.abort();
  expect((await waiting).finishReason).toBe("length");
});
