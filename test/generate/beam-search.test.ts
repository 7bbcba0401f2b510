import { expect, test } from "vitest";
import { unwritten } from "../../worker/generation/answer";
import { BestContinuations } from "../../worker/generation/best-continuations";
import { Hypotheses } from "../../worker/generation/hypotheses";
import { always, FakeReader, hashed, run, shown } from "./fake";

const parts = { model: hashed(6), vocabSize: 6, prompt: [1, 2] };

/** Every text of a length with its log-probability, best first. */
function exhaustive(length: number): { ids: number[]; sum: number }[] {
  let all: { ids: number[]; sum: number }[] = [{ ids: [], sum: 0 }];
  for (let step = 0; step < length; step++) {
    all = all.flatMap(({ ids, sum }) => {
      const logits = parts.model([...parts.prompt, ...ids]);
      const logSum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
      return logits.map((logit, id) => ({ ids: [...ids, id], sum: sum + logit - logSum }));
    });
  }
  return all.sort((a, b) => b.sum - a.sum);
}

test("as many beams as there are texts find the best text", async () => {
  const { result } = await run({ ...parts, options: { numBeams: 36, n: 3, maxNewTokens: 3 } });
  const best = exhaustive(3).slice(0, 3);
  expect(result.sequences?.map(({ ids }) => ids)).toEqual(best.map(({ ids }) => ids));
  result.sequences?.forEach(({ logprob, score, index }, i) => {
    expect(logprob).toBeCloseTo(best[i]?.sum ?? 0, 4);
    expect(score).toBeCloseTo((best[i]?.sum ?? 0) / 3, 4);
    expect(index).toBe(i);
  });
});

test("its text comes at the end, piece by piece", async () => {
  const { result, events } = await run({ ...parts, options: { numBeams: 3, maxNewTokens: 5, logprobs: 2 } });
  expect(result.sequences).toHaveLength(1);
  expect(shown(events)).toBe(result.text);
  expect(events.map((event) => event.type === "token" && event.token.id)).toEqual(result.ids);
  let sum = 0;
  for (const event of events) {
    if (event.type !== "token") throw new Error("only tokens are expected");
    expect(event.token.top).toHaveLength(2);
    sum += event.token.logprob ?? Number.NaN;
  }
  expect(sum).toBeCloseTo(result.sequences?.[0]?.logprob ?? 0, 5);
});

for (const [way, options, reason] of [
  ["the limit", { maxNewTokens: 6 }, "length"],
  ["stop tokens", { stopTokens: [2, 4], maxNewTokens: 6 }, undefined],
  ["the context's end", { maxNewTokens: 100 }, "context-full"],
  ["no time", { maxTime: 0 }, "time"],
] as const) {
  test(`every copy of the cache is given back: ${way}`, async () => {
    const { result, reader } = await run({ ...parts, contextLength: 12, options: { numBeams: 4, n: 2, ...options } });
    expect(reader.forks).toBe(0);
    if (reason) expect(result.finishReason).toBe(reason);
  });
}

test("without time for a token there are n empty sequences, as where it samples", async () => {
  for (const options of [{ numBeams: 4 }, { temperature: 1 }]) {
    const { result, events } = await run({ ...parts, options: { ...options, n: 4, maxTime: 0 } });
    const empty = { ids: [], text: "", finishReason: "time", logprob: 0, ...("numBeams" in options && { score: 0 }) };
    expect(result.sequences).toMatchObject([empty, empty, empty, empty]);
    expect(events).toEqual([]);
  }
});

test("a search that wrote nothing has a list of its sequences as any other, one sample has none", () => {
  const [searched, sampled] = [2, 1].map((numBeams) => unwritten(3, { n: 1, numBeams }, "length"));
  expect(searched?.sequences).toEqual([{ index: 0, text: "", ids: [], finishReason: "length", logprob: 0 }]);
  expect(sampled).not.toHaveProperty("sequences");
});

test("an abort gives the running beams, and their copies of the cache back", async () => {
  const abort = new AbortController();
  const model = (ids: readonly number[]) => {
    if (ids.length === 6) abort.abort();
    return parts.model(ids);
  };
  const { result, reader } = await run({ ...parts, model, signal: abort.signal, options: { numBeams: 3, n: 3 } });
  expect(result.sequences?.map(({ finishReason }) => finishReason)).toEqual(["aborted", "aborted", "aborted"]);
  expect(result.ids.length).toBeGreaterThan(0);
  expect(reader.forks).toBe(0);
});

test("an error in the middle of a step rejects, gives every copy back, and leaves the next search whole", async () => {
  const options = { numBeams: 4, n: 4, maxNewTokens: 6 };
  const whole = await run({ ...parts, options });
  let calls = 0;
  let most = 0;
  let failing = true;
  const reader: FakeReader = new FakeReader((ids) => {
    most = Math.max(most, reader.forks);
    // Beams of four ids, one of which is read already.
    if (failing && ids.length === 4 && ++calls === 2) throw new Error("out of memory");
    return parts.model(ids);
  });
  await expect(run({ ...parts, options, reader })).rejects.toThrow("out of memory");
  expect(most).toBe(3);
  expect(reader.forks).toBe(0);
  failing = false;
  const { result } = await run({ ...parts, options, reader });
  expect(result.sequences).toEqual(whole.result.sequences);
  expect(reader.forks).toBe(0);
});

test("a stop text ends a beam before it", async () => {
  const free = await run({ ...parts, options: { numBeams: 3, maxNewTokens: 5 } });
  const stop = free.result.text.slice(2, 4);
  const { result, events } = await run({ ...parts, options: { numBeams: 3, n: 3, maxNewTokens: 5, stop } });
  for (const { text, finishReason } of result.sequences ?? []) {
    expect(text).not.toContain(stop);
    expect(["stop-text", "length"]).toContain(finishReason);
  }
  expect(result.sequences?.some(({ finishReason }) => finishReason === "stop-text")).toBe(true);
  expect(shown(events)).toBe(result.text);
});

test("beams more than a pass has rows", async () => {
  const { reader, result } = await run({ ...parts, options: { numBeams: 20, maxNewTokens: 3 } });
  expect(Math.max(...reader.passes.map((pass) => pass.length))).toBeLessThanOrEqual(16);
  expect(result.ids).toHaveLength(3);
});

test("a text fills the context to the token after its last position", async () => {
  const { result } = await run({ ...parts, contextLength: 5, options: { numBeams: 2, maxNewTokens: 100 } });
  expect(result).toMatchObject({ ids: { length: 4 }, finishReason: "context-full" }); // 2 of the prompt, 3 read, one more
});

test("only the best continuations, as many as there are beams, can end a text: transformers' rule", async () => {
  const model = always(...[0.4, 0.3, 0.2, 0.06, 0.04].map(Math.log)); // the end is third, and .2 is more than .4 · .4
  const options = { numBeams: 2, stopTokens: [2], lengthPenalty: 0, maxNewTokens: 2 };
  const { result } = await run({ model, vocabSize: 5, options });
  expect(result).toMatchObject({ ids: [0, 0], finishReason: "length" });
});

test("of equal continuations the first comes first", () => {
  const best = new BestContinuations(3);
  best.add(0, 0, Float32Array.of(1, 2, 2, 1));
  best.add(1, 1, Float32Array.of(1, 0, 0, 0));
  expect(best.list().map(({ beam, id }) => [beam, id])).toEqual([[0, 1], [0, 2], [1, 0]]); // biome-ignore format: one line
});

test("a search is over when no running beam can be better: transformers' rules", () => {
  const isOver = (earlyStopping: boolean | "never", lengthPenalty: number, sum: number) => {
    const ended = new Hypotheses({ numBeams: 1, lengthPenalty, earlyStopping }, 10);
    ended.add(-4, 2, { tokens: [], logprob: -4, finishReason: "stop-token" });
    return ended.enough(sum, 2);
  };
  expect([-3.9, -4].map((sum) => isOver(false, 1, sum))).toEqual([false, true]); // -4 / 2, as good as what ended
  expect([-19, -20].map((sum) => isOver("never", 1, sum))).toEqual([false, true]); // -20 / 10: it may get so long
  expect([-3.9, -4].map((sum) => isOver("never", -1, sum))).toEqual([false, true]); // longer is worse: -4 · 2
  expect(isOver(true, 1, -0.1)).toBe(true);
});
