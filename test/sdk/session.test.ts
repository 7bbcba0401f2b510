import { expect, test } from "vitest";
import { goldenModel } from "../helpers/models";

const greedy = { temperature: 0, stopTokens: [], maxNewTokens: 5 } as const;

test("a session goes on from what was said, as the whole text at once would", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  const first = await session.generate([1, 2, 3], greedy);
  const second = await session.generate([7, 8], greedy);
  const whole = [1, 2, 3, ...first.ids, 7, 8];
  expect(session.ids).toEqual([...whole, ...second.ids]);
  expect(session.length).toBe(15);
  expect((await gpt.generate(whole, greedy)).ids).toEqual(second.ids);
});

test("a fork goes its own way and leaves the other alone", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const before = [...session.ids];
  using fork = await session.fork();
  await fork.generate([9, 9, 9], greedy);
  expect([...session.ids]).toEqual(before);
  const here = await session.generate([4], greedy);
  expect((await gpt.generate([...before, 4], greedy)).ids).toEqual(here.ids);
});

test("rewinding forgets the last ids", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const kept = session.ids.slice(0, 4);
  await session.rewind(4);
  expect(session.ids).toEqual(kept);
  const { ids } = await session.generate([5], greedy);
  expect((await gpt.generate([...kept, 5], greedy)).ids).toEqual(ids);
  await expect(session.rewind(1000)).rejects.toThrow(TypeError);
});

test("a saved session is restored by the same model and refused by another", async () => {
  using gpt = await goldenModel("head26");
  using session = gpt.session();
  await session.generate([1, 2, 3], greedy);
  const bytes = await session.save();
  const expected = (await session.generate([6], greedy)).ids;
  using again = await goldenModel("head26");
  using restored = again.session();
  await restored.restore(bytes);
  expect((await restored.generate([6], greedy)).ids).toEqual(expected);
  using other = await goldenModel("relu40");
  using wrong = other.session();
  await expect(wrong.restore(bytes)).rejects.toMatchObject({ code: "wrong-shape" });
  await expect(wrong.restore(bytes.slice(0, 10))).rejects.toMatchObject({ code: "bad-header" });
  await expect(restored.restore(bytes.slice(0, -1))).rejects.toMatchObject({ code: "truncated" });
});

test("a disposed session says so", async () => {
  using gpt = await goldenModel("head26");
  const session = gpt.session();
  await session.generate([1], greedy);
  session.dispose();
  session.dispose();
  await expect(session.generate([1], greedy)).rejects.toMatchObject({ code: "disposed" });
});
