import { expect, test } from "vitest";
import { goldenModel } from "../helpers/models";

const greedy = { temperature: 0, stopTokens: [] } as const;
const bestOf = (logits: Float32Array) => logits.indexOf(Math.max(...logits));

test("past the context's end, each token is the model's best for the documented window; state never leaks", async () => {
  using gpt = await goldenModel("relu40");
  using fresh = await goldenModel("relu40");
  const prompt = [5, 9, 200, 17];
  const options = { ...greedy, maxNewTokens: 200, onContextFull: "slide", keepPrefix: 3 } as const;
  const { ids, finishReason } = await gpt.generate(prompt, options);
  expect(ids).toHaveLength(200);
  expect(finishReason).toBe("length");
  const all = [...prompt, ...ids];
  let window = prompt;
  for (let at = prompt.length; at < all.length; at++) {
    expect(all[at], `token ${at}`).toBe(bestOf(await fresh.logits(window, { last: true })));
    const next = all[at] ?? -1;
    window = window.length < 40 ? [...window, next] : [...all.slice(0, 3), ...all.slice(at + 1 - 18, at + 1)];
  }
  expect((await gpt.generate(prompt, options)).ids).toEqual(ids);
  const short = { ...greedy, maxNewTokens: 5 };
  expect((await gpt.generate([7, 7], short)).ids).toEqual((await fresh.generate([7, 7], short)).ids);
});

test("a prompt that fills the context gives one token; a longer one is refused, or cut where it slides", async () => {
  using gpt = await goldenModel("relu40");
  const prompt = Array.from({ length: 40 }, (_, i) => (i * 7) % 250);
  const full = await gpt.generate(prompt, greedy);
  expect(full).toMatchObject({ finishReason: "context-full", usage: { promptTokens: 40, newTokens: 1 } });
  expect(full.ids).toEqual([bestOf(await gpt.logits(prompt, { last: true }))]);
  await expect(gpt.generate([...prompt, 1], greedy)).rejects.toMatchObject({ code: "context-full" });
  const slid = await gpt.generate([...prompt, 1], { ...greedy, onContextFull: "slide", maxNewTokens: 1 });
  expect(slid.ids).toEqual([bestOf(await gpt.logits([...prompt, 1].slice(-20), { last: true }))]);
});

test("what looks at the prompt sees what slid out of the context too, of a session as well", async () => {
  using gpt = await goldenModel("relu40");
  const options = { ...greedy, onContextFull: "slide", maxNewTokens: 1, logitBias: { 200: 1000 } } as const;
  const prompt = [200, ...Array.from({ length: 60 }, (_, i) => 1 + ((i * 7) % 150))];
  const { ids, usage } = await gpt.generate(prompt, options);
  expect(ids).toEqual([200]);
  expect(usage.promptTokens).toBe(61);
  expect((await gpt.generate(prompt, { ...options, noRepeatNgramSize: 1 })).ids).not.toEqual([200]);
  const { ids: penalised } = await gpt.generate(prompt, { ...options, logitBias: { 200: 20 }, repetitionPenalty: 100 });
  expect(penalised).not.toEqual([200]);
  using session = gpt.session();
  await session.generate(prompt, { ...options, logitBias: {} });
  expect((await session.generate([3], { ...options, noRepeatNgramSize: 1 })).ids).not.toEqual([200]);
});

test.each([
  [0, 7],
  [3, 7],
  [3, 50],
  [38, 9],
])(
  "with %i ids kept, %i at a time, a session writes past the context's end what one run does",
  async (keepPrefix, maxNewTokens) => {
    using gpt = await goldenModel("relu40");
    const slide = { ...greedy, onContextFull: "slide", keepPrefix } as const;
    const whole = await gpt.generate([5, 9, 200, 17], { ...slide, maxNewTokens: 4 * maxNewTokens + 40 });
    using session = gpt.session();
    await session.generate([5, 9, 200, 17], { ...slide, maxNewTokens: 40 });
    for (let turn = 0; turn < 4; turn++) await session.generate([], { ...slide, maxNewTokens });
    expect(session.ids.slice(4)).toEqual(whole.ids);
  },
);

test("a run that writes nothing counts all of its prompt, what slid out of the context too", async () => {
  using gpt = await goldenModel("relu40");
  const long = Array.from({ length: 61 }, (_, i) => i);
  for (const more of [{ maxNewTokens: 0 }, { constraint: { regex: "" } }]) {
    const { usage } = await gpt.generate(long, { ...greedy, ...more, onContextFull: "slide" });
    expect(usage.promptTokens).toBe(61);
  }
});

test("a mean that a sliding run needs is over the window that it reads", async () => {
  using gpt = await goldenModel("relu40");
  const long = Array.from({ length: 41 }, (_, i) => (i * 7) % 150); // slides to the last 20
  const interventions = [{ ablate: { layer: 0 }, to: "mean" }] as const;
  const options = { ...greedy, onContextFull: "slide", maxNewTokens: 3, interventions } as const;
  expect((await gpt.generate(long, options)).ids).toEqual((await gpt.generate(long.slice(-20), options)).ids);
});
