import { expect, test } from "vitest";
import { hashed, run, shown } from "./fake";

const sampled = { seed: 5, maxNewTokens: 20 } as const;

test("several sequences read the prompt once and then share each pass", async () => {
  const { result, reader } = await run({
    model: hashed(6),
    vocabSize: 6,
    prompt: [1, 2, 3],
    options: { ...sampled, n: 4, maxNewTokens: 3 },
  });
  expect(reader.passes.map((pass) => pass.map(({ length }) => length))).toEqual([[3], [1, 1, 1, 1], [1, 1, 1, 1]]);
  expect(result.sequences).toHaveLength(4);
  expect(result.usage.newTokens).toBe(12);
  expect(reader.forks).toBe(0);
});

test("each of several sequences is a run of its own; the first is what one sequence would be", async () => {
  const parts = { model: hashed(6), vocabSize: 6, prompt: [1, 2, 3] };
  const alone = await run({ ...parts, options: sampled });
  const { result, events } = await run({ ...parts, options: { ...sampled, n: 3 } });
  const byIndex = [...(result.sequences ?? [])].sort((a, b) => a.index - b.index);
  expect(byIndex[0]?.ids).toEqual(alone.result.ids);
  expect(result.ids).toEqual(alone.result.ids);
  expect(new Set(byIndex.map(({ text }) => text)).size).toBe(3);
  for (const { index, text } of byIndex) expect(shown(events, index)).toBe(text);
  const logprobs = (result.sequences ?? []).map(({ logprob }) => logprob);
  expect(logprobs).toEqual([...logprobs].sort((a, b) => b - a));
  for (const event of events) if (event.type === "token") expect(event.token.index).toBeTypeOf("number");
});

test("the log-probability of a sequence is that of its text under the model", async () => {
  const model = hashed(6);
  const { result } = await run({ model, vocabSize: 6, prompt: [2], options: { ...sampled, n: 2, topK: 3 } });
  for (const { ids, logprob } of result.sequences ?? []) {
    const all = [2];
    let sum = 0;
    for (const id of ids) {
      const logits = model(all);
      sum += (logits[id] ?? 0) - Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
      all.push(id);
    }
    expect(logprob).toBeCloseTo(sum, 4);
  }
});

test("a sequence that has ended leaves the batch, whichever it is", async () => {
  const { result, reader } = await run({
    model: hashed(5),
    vocabSize: 5,
    options: { ...sampled, n: 5, stopTokens: [4], maxNewTokens: 40 },
  });
  const lengths = [...(result.sequences ?? [])].map(
    ({ ids, finishReason }) => ids.length + (finishReason === "length" ? 0 : 1),
  );
  const rows = reader.passes.slice(1).map((pass) => pass.length);
  expect(rows).toEqual(
    Array.from({ length: Math.max(...lengths) - 1 }, (_, i) => lengths.filter((length) => length > i + 1).length),
  );
  expect(new Set(lengths).size).toBeGreaterThan(1);
  expect(reader.forks).toBe(0);
});

test("more sequences than a pass has rows take several passes", async () => {
  const { result, reader } = await run({
    model: hashed(5),
    vocabSize: 5,
    options: { ...sampled, n: 20, maxNewTokens: 2 },
  });
  expect(result.sequences).toHaveLength(20);
  expect(reader.passes.map((pass) => pass.length)).toEqual([1, 16, 4]);
});

test("an abort ends all sequences and gives their copies back", async () => {
  const abort = new AbortController();
  const { result, reader } = await run({
    model: hashed(5),
    vocabSize: 5,
    options: { ...sampled, n: 3 },
    signal: abort.signal,
    onWritten: (_, { length }) => {
      if (length === 7) abort.abort();
    },
  });
  expect(result.sequences?.map(({ finishReason }) => finishReason)).toEqual(["aborted", "aborted", "aborted"]);
  expect(reader.forks).toBe(0);
});

test("several sequences slide, each by itself", async () => {
  const parts = { model: hashed(6), vocabSize: 6, contextLength: 12 };
  const options = { ...sampled, maxNewTokens: 60, onContextFull: "slide", keepPrefix: 1 } as const;
  const alone = await run({ ...parts, options });
  const { result } = await run({ ...parts, options: { ...options, n: 3 } });
  expect(result.ids).toEqual(alone.result.ids);
  expect(result.sequences?.every(({ ids }) => ids.length === 60)).toBe(true);
});

test("the stop texts of one sequence leave the others alone", async () => {
  const { result } = await run({
    model: (ids) => (ids.length < 2 ? [-99, 1, 1, -99] : [-99, -99, -99, 9]),
    vocabSize: 4,
    options: { seed: 1, n: 6, stop: ["bd"], maxNewTokens: 4 },
  });
  const reasons = result.sequences?.map(({ text, finishReason }) => [text, finishReason]) ?? [];
  expect(reasons.every(([text, reason]) => (reason === "stop-text" ? text === "" : text?.startsWith("c")))).toBe(true);
});

test("an abort is heard between the tokens of one step", async () => {
  const abort = new AbortController();
  const { result } = await run({
    model: hashed(6),
    vocabSize: 6,
    options: { ...sampled, n: 4 },
    signal: abort.signal,
    onWritten: (_, events) => {
      if (events.length === 6) abort.abort();
    },
  });
  expect(result.sequences?.map(({ finishReason }) => finishReason)).toEqual(Array(4).fill("aborted"));
  expect(result.usage.newTokens).toBe(6);
});
