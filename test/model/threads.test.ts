import { expect, test, vi } from "vitest";
import { assemble } from "../../worker/machine/assemble";
import { startEngine } from "../../worker/machine/start-engine";
import { completeConfig } from "../../worker/model/config";
import { Sequence } from "../../worker/sequences/sequence";
import { Pool } from "../../worker/wasm/pool";
import { ThreadPolicy } from "../../worker/wasm/thread-policy";

const config = completeConfig({ vocabSize: 30, contextLength: 16, embDim: 16, nHeads: 2, nLayers: 1 });

test("single tokens are measured and take the threads of the trial, prompts those that are settled", async () => {
  const machine = await assemble(config, {}, startEngine({ threads: 1 }));
  using record = vi.spyOn(ThreadPolicy.prototype, "record");
  using trial = vi.spyOn(ThreadPolicy.prototype, "threads", "get").mockReturnValue(2);
  using settled = vi.spyOn(ThreadPolicy.prototype, "settled", "get").mockReturnValue(3);
  const sequence = new Sequence(machine);
  await sequence.extend([1, 2, 3]);
  expect([machine.pool.threads, record.mock.calls.length, trial.mock.calls.length]).toEqual([3, 0, 0]);
  await sequence.extend([4]);
  expect([machine.pool.threads, record.mock.calls.length, settled.mock.calls.length]).toEqual([2, 1, 1]);
});

test("only a number of threads that was not asked for adapts", async () => {
  using start = vi.spyOn(Pool, "start").mockImplementation(() => {
    throw new Error("enough");
  });
  for (const options of [{}, { threads: "auto" as const }, { threads: 1 }])
    await expect(startEngine(options)).rejects.toThrow("enough");
  expect(start.mock.calls.map(([, , , adaptive]) => adaptive)).toEqual([true, true, false]);
});
