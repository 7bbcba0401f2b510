import { expect, test } from "vitest";
import { breathe } from "../../worker/breathe";
import { Outbox } from "../../worker/outbox";
import { run, scripted } from "./fake";

/** An outbox, and the messages that have come out of it. */
function listening<T>() {
  const { port1, port2 } = new MessageChannel();
  const heard: T[][] = [];
  port2.onmessage = ({ data }) => heard.push(data);
  return { outbox: new Outbox<T>(port1), heard };
}

test("what is put in between two breaths comes as one message, in its order", async () => {
  const { outbox, heard } = listening<number>();
  for (const one of [1, 2, 3]) outbox.put(one);
  await Promise.resolve();
  for (const one of [4, 5]) outbox.put(one);
  await expect.poll(() => heard).toEqual([[1, 2, 3, 4, 5]]);
  outbox.put(6);
  await expect.poll(() => heard).toEqual([[1, 2, 3, 4, 5], [6]]);
});

test("what can't wait is posted at once, and once", async () => {
  const { outbox, heard } = listening<number>();
  outbox.post();
  outbox.put(1);
  outbox.post();
  outbox.put(2);
  await expect.poll(() => heard).toEqual([[1], [2]]);
  await breathe();
  expect(heard).toEqual([[1], [2]]);
});

test("buffers are handed over, not copied, when the message is posted", async () => {
  const { outbox, heard } = listening<Float32Array>();
  const values = [Float32Array.of(1, 2), Float32Array.of(3)];
  for (const each of values) outbox.put(each, [each.buffer]);
  await expect.poll(() => heard).toEqual([[Float32Array.of(1, 2), Float32Array.of(3)]]);
  expect(values.map(({ length }) => length)).toEqual([0, 0]);
});

test("the first token is posted before the second is computed", async () => {
  const posted: unknown[] = [];
  const outbox = new Outbox<unknown>({ postMessage: (message: unknown[]) => posted.push(...message) } as never);
  const postedBefore: number[] = [];
  const write = scripted([1, 2, 3], 4);
  await run({
    model: (ids) => {
      postedBefore.push(posted.length);
      return write(ids);
    },
    vocabSize: 4,
    options: { temperature: 0, maxNewTokens: 3 },
    onWritten: (written) => outbox.put(written),
  });
  expect(postedBefore.slice(0, 2)).toEqual([0, 1]);
});
