import { expect, test, vi } from "vitest";
import { always, hashed, run, scripted, shown } from "./fake";

const greedy = { temperature: 0 } as const;

test("the loop reads the prompt, then one token at a time, and not the last", async () => {
  const { result, reader } = await run({
    model: scripted([1, 2, 3, 4], 6, 2),
    vocabSize: 6,
    prompt: [5, 0],
    options: { ...greedy, maxNewTokens: 4 },
  });
  expect(result).toMatchObject({ ids: [1, 2, 3, 4], text: "bcde", finishReason: "length" });
  expect(result.usage).toMatchObject({ promptTokens: 2, newTokens: 4 });
  expect(reader.passes).toEqual([[[5, 0]], [[1]], [[2]], [[3]]]);
});

test("a stop token ends the text and is no part of it; its log-probability counts", async () => {
  const { result, events } = await run({
    model: scripted([1, 2, 3], 5),
    vocabSize: 5,
    options: { ...greedy, stopTokens: [3] },
  });
  expect(result).toMatchObject({ ids: [1, 2], text: "bc", finishReason: "stop-token" });
  expect(shown(events)).toBe("bc");
});

test("a stop text that the end itself completes counts", async () => {
  const { result } = await run({
    model: scripted([1, 2], 5),
    vocabSize: 5,
    texts: ["a", "b", Uint8Array.of(0xe2, 0x82)], // half a character, which is U+FFFD where nothing follows
    options: { ...greedy, maxNewTokens: 2, stop: "b\uFFFD" },
  });
  expect(result).toMatchObject({ ids: [1, 2], text: "", finishReason: "stop-text" });
});

test("a text held back comes when a stop token ends the run", async () => {
  const { result, events } = await run({
    model: scripted([1, 2, 3], 5),
    vocabSize: 5,
    options: { ...greedy, stop: ["cX"], stopTokens: [3] },
  });
  expect(result).toMatchObject({ text: "bc", finishReason: "stop-token" });
  expect(events.at(-1)).toEqual({ type: "text", text: "c" });
});

test("a character in parts is shown when it is whole, half of one at the end as U+FFFD", async () => {
  const texts = ["a", Uint8Array.of(0xe2), Uint8Array.of(0x82), Uint8Array.of(0xac)];
  const shownOf = async (ids: number[]) =>
    (await run({ model: scripted(ids, 4), vocabSize: 4, texts, options: { ...greedy, maxNewTokens: ids.length } }))
      .events;
  expect((await shownOf([1, 2, 3])).map((event) => event.type === "token" && event.token.text)).toEqual(["", "", "€"]);
  expect(shown(await shownOf([1, 2]))).toBe("\uFFFD");
});

test.each([
  ["a stop token", { stopTokens: [2] }],
  ["the limit", { stopTokens: [], maxNewTokens: 1 }],
])(
  "half a character at the end is U+FFFD, and a stop text where it is one, sampled or searched: %s",
  async (_, more) => {
    const parts = { model: scripted([1, 2], 3), vocabSize: 3, texts: ["a", new Uint8Array([0xf0, 0x9f])] };
    for (const numBeams of [1, 2]) {
      const free = await run({ ...parts, options: { temperature: 0, numBeams, ...more } });
      expect(free.result).toMatchObject({ ids: [1], text: "\uFFFD" });
      const { result } = await run({ ...parts, options: { temperature: 0, numBeams, ...more, stop: "\uFFFD" } });
      expect(result).toMatchObject({ ids: [1], text: "", finishReason: "stop-text" });
    }
  },
);

test("a stop text that begins inside a token and ends in another is cut out", async () => {
  const { result, events } = await run({
    model: scripted([1, 2, 3, 1], 4),
    vocabSize: 4,
    texts: ["", "one tw", "o th", "ree"],
    options: { ...greedy, stop: ["two three"] },
  });
  expect(result).toMatchObject({ text: "one ", finishReason: "stop-text", ids: [1, 2, 3] });
  expect(shown(events)).toBe("one ");
});

test("where no time is left nothing is written: an empty text, the reason time", async () => {
  const { result, events } = await run({ model: always(0, 1), vocabSize: 2, options: { maxNewTokens: 1, maxTime: 0 } });
  expect(result).toMatchObject({ text: "", ids: [], finishReason: "time" });
  expect(events).toEqual([]);
});

test("the context's end ends the text: a prompt that fills it gives one token", async () => {
  const full = await run({
    model: always(0, 1),
    vocabSize: 2,
    prompt: [1, 1, 1, 1],
    contextLength: 4,
    options: greedy,
  });
  expect(full.result).toMatchObject({ ids: [1], finishReason: "context-full" });
  const room = await run({ model: always(0, 1), vocabSize: 2, prompt: [1, 1], contextLength: 4, options: greedy });
  expect(room.result).toMatchObject({ ids: [1, 1, 1], finishReason: "context-full" });
});

test("sliding keeps the prefix and the latest half of the rest, and writes on for ever", async () => {
  const model = hashed(7);
  const { result } = await run({
    model,
    vocabSize: 7,
    prompt: [3, 4, 5],
    contextLength: 10,
    options: { ...greedy, onContextFull: "slide", keepPrefix: 2, maxNewTokens: 3000 },
  });
  expect(result).toMatchObject({ finishReason: "length" });
  const all = [3, 4, 5, ...result.ids];
  let window = [3, 4, 5];
  for (let at = 3; at < all.length; at++) {
    const logits = model(window);
    expect(all[at]).toBe(logits.indexOf(Math.max(...logits)));
    window = window.length < 10 ? [...window, all[at] ?? -1] : [3, 4, ...all.slice(at + 1 - 4, at + 1)];
  }
});

test("aborted after any token, the text is what was written until then", async () => {
  const model = hashed(9);
  const whole = await run({ model, vocabSize: 9, options: { ...greedy, maxNewTokens: 12 } });
  for (let after = 1; after < 12; after++) {
    const abort = new AbortController();
    const { result, events } = await run({
      model,
      vocabSize: 9,
      options: { ...greedy, maxNewTokens: 12, stop: ["zzz"] },
      signal: abort.signal,
      onWritten: (_, { length }) => {
        if (length === after) abort.abort();
      },
    });
    expect(result).toMatchObject({ finishReason: "aborted", ids: whole.result.ids.slice(0, after) });
    expect(shown(events)).toBe(result.text);
    expect(whole.result.text.startsWith(result.text)).toBe(true);
  }
});

test("an abort shows the text that was held back", async () => {
  const abort = new AbortController();
  const { result, events } = await run({
    model: scripted([1, 2, 3], 5),
    vocabSize: 5,
    options: { ...greedy, stop: ["bcX"] },
    signal: abort.signal,
    onWritten: (_, { length }) => {
      if (length === 2) abort.abort();
    },
  });
  expect(result).toMatchObject({ text: "bc", finishReason: "aborted" });
  expect(shown(events)).toBe("bc");
});

test("an error of the model ends the run with that error", async () => {
  const model = (ids: readonly number[]) => {
    if (ids.length === 3) throw new RangeError("broken");
    return [0, 1];
  };
  await expect(run({ model, vocabSize: 2, options: greedy })).rejects.toThrow("broken");
});

test("log-probabilities and the best alternatives come with each token when asked for", async () => {
  const logits = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];
  const { events, result } = await run({
    model: always(...logits),
    vocabSize: 3,
    options: { ...greedy, logprobs: 2, maxNewTokens: 1, stats: true, topK: 1 },
  });
  const [event] = events;
  if (event?.type !== "token") throw new Error("no token");
  expect(event.token.logprob).toBeCloseTo(Math.log(0.5), 6);
  expect(event.token.top).toMatchObject([
    { id: 0, text: "a" },
    { id: 1, text: "b" },
  ]);
  expect(event.token.stages?.map(({ stage }) => stage)).toEqual(["temperature", "topK"]);
  expect(result.finishReason).toBe("length");
});

test("the prompt's rate counts what was read of it, the text's what came after the first token", async () => {
  let ms = 5000;
  using _now = vi.spyOn(performance, "now").mockImplementation(() => ms);
  const model = () => {
    ms += 500; // each id
    return [0, 1];
  };
  const options = { ...greedy, maxNewTokens: 6 };
  const { result } = await run({ model, vocabSize: 2, prompt: [0, 1, 1, 0], known: 3, options });
  const rates = { timeToFirstTokenMs: 500, prefillTokensPerSecond: 1 / 0.5, decodeTokensPerSecond: 5 / 2.5 };
  expect(result.usage).toEqual({ promptTokens: 4, newTokens: 6, ...rates });
});

test.each([
  [999, 2],
  [1000, 2],
  [1001, 3],
])("of half a second a token, %i ms give %i", async (maxTime, count) => {
  let ms = 5000;
  using _now = vi.spyOn(performance, "now").mockImplementation(() => ms);
  const model = () => {
    ms += 500;
    return [0, 1];
  };
  const { result } = await run({ model, vocabSize: 2, options: { ...greedy, maxTime } });
  expect([result.finishReason, result.ids.length]).toEqual(["time", count]);
});
