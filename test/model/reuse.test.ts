import { expect, test, vi } from "vitest";
import { GPTModel } from "../../worker/model/gpt";
import { WorkerRuntime } from "../../worker/runtime";
import { Sequence } from "../../worker/sequences/sequence";

/** The worker's own runtime, in the page, so that its passes can be watched. */
async function start(): Promise<WorkerRuntime> {
  const runtime = new WorkerRuntime();
  const folder = new URL("/test/golden/wide/", location.href).href;
  const options = { format: "f32", threads: 1, tokenizer: "huggingface" } as const;
  await runtime.load(folder, options, { base: location.href, progress: new MessageChannel().port1 });
  return runtime;
}

test("only what is new of a prompt is read, and in a forked or restored session too", async () => {
  const runtime = await start();
  using extend = vi.spyOn(Sequence.prototype, "extend");
  const read = async (prompt: number[], session?: number) => {
    extend.mockClear();
    const options = { temperature: 0, stopTokens: [], maxNewTokens: 1 };
    await runtime.generate(prompt, options, new MessageChannel().port1, session);
    return extend.mock.calls.map(([ids]) => [...ids]);
  };
  expect(await read([1, 2, 3, 4])).toEqual([[1, 2, 3, 4]]);
  expect(await read([1, 2, 3, 9, 8])).toEqual([[9, 8]]);
  expect(await read([1, 2, 3, 9, 8])).toEqual([[8]]); // its logits are wanted
  expect(await read([1, 2, 3], 1)).toEqual([[1, 2, 3]]);
  const { ids, bytes } = await runtime.saveSession(1);
  await runtime.restoreSession(2, bytes);
  await runtime.forkSession(1, 3);
  for (const session of [1, 2, 3]) expect(await read([7], session)).toEqual([[ids[3], 7]]);
});

test("sequences share a pass, proposals are read in one, and only the rows asked for go through the head", async () => {
  const runtime = await start();
  using hidden = vi.spyOn(GPTModel.prototype, "hidden");
  using logits = vi.spyOn(GPTModel.prototype, "logits");
  const passes = async (prompt: number[], options: object) => {
    for (const spy of [hidden, logits]) spy.mockClear();
    await runtime.generate(prompt, { stopTokens: [], ...options }, new MessageChannel().port1);
    const read = hidden.mock.calls.map(([runs]) => runs.map(({ ids }) => ids.length));
    return { read, rows: logits.mock.calls.map(([x]) => x.rows) };
  };
  const long = Array.from({ length: 130 }, (_, i) => i);
  expect(await passes(long, { temperature: 0, maxNewTokens: 1 })).toEqual({ read: [[128], [2]], rows: [1] });
  const four = [1, 1, 1, 1];
  const several = await passes([9, 8, 7], { seed: 1, n: 4, maxNewTokens: 3 });
  expect(several).toEqual({ read: [[3], four, four], rows: [1, 4, 4] });
  const circling = { temperature: 0, allowedTokens: [1, 2, 3], speculate: 4, maxNewTokens: 6 };
  const { read, rows } = await passes([1, 2, 3, 1, 2, 3], circling);
  expect(read[1]?.[0]).toBeGreaterThan(1);
  expect(rows[1]).toBe(read[1]?.[0]);
});
