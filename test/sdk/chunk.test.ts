import { afterEach, expect, test, vi } from "vitest";
import { chunk } from "../../worker/chunk";

const never = () => new Promise<object>(() => undefined);

afterEach(() => {
  vi.useRealTimers();
});

test("a chunk that comes is given, after however many looks", async () => {
  const late = new Promise<{ a: number }>((resolve) => setTimeout(resolve, 130, { a: 1 }));
  expect(await chunk(late)).toEqual({ a: 1 });
});

test("one that can't be fetched is a GPTError that says why", async () => {
  const failed = chunk(Promise.reject(new TypeError("Failed to fetch")));
  await expect(failed).rejects.toMatchObject({
    name: "GPTError",
    code: "network",
    message: expect.stringMatching(/could not be fetched \(TypeError: Failed to fetch\)/),
    cause: expect.any(TypeError),
  });
});

test("who waits for one that does not come can give up", async () => {
  const halt = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => halt.abort(reason), 60);
  await expect(chunk(never(), halt.signal)).rejects.toBe(reason);
});

test("without an answer it ends after a minute, and not before", async () => {
  vi.useFakeTimers();
  const settled = vi.fn();
  const waiting = chunk(never()).catch(settled);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_500);
  await waiting;
  expect(settled.mock.calls[0]?.[0]).toMatchObject({ code: "network", message: expect.stringContaining("a minute") });
});
