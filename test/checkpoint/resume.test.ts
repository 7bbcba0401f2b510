import { expect, test } from "vitest";
import { resumable } from "../../worker/checkpoint/resume";

const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);

/** A body of six bytes that is cut after three; `range` is what the server says of its second answer. */
function cut(rest: Uint8Array<ArrayBuffer>, range?: string) {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes.slice(0, 3)),
    pull: (controller) => controller.error(new TypeError("network error")),
  });
  const headers = { "Content-Length": String(rest.length), ...(range !== undefined && { "Content-Range": range }) };
  const answer = async () => new Response(rest, { status: 206, headers });
  return resumable(new Response(body), bytes.length, answer, undefined, [0]);
}

test.each([undefined, "bytes 3-5/6", "bytes 3-5/*"])("the rest follows what had come: %s", async (range) => {
  const { next } = cut(bytes.slice(3), range);
  expect(await next()).toEqual(bytes.slice(0, 3));
  expect(await next()).toEqual(bytes.slice(3));
  expect(await next()).toBeUndefined();
});

test("other bytes than those asked for are not taken for the rest, though they are as many", async () => {
  const { next } = cut(bytes.slice(0, 3), "bytes 0-2/6");
  expect(await next()).toEqual(bytes.slice(0, 3));
  await expect(next()).rejects.toThrow("asked for the rest, the server answers 206 with bytes 0-2/6");
});

/** A body of six bytes whose connections break after two more each, `answers` to those who ask for the rest, and what was asked. */
function broken(answers: (number | "rest")[], pauses: number[]) {
  const from = (begin: number) =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes.slice(begin, begin + 2)),
      pull: (controller) => controller.error(new TypeError("network error")),
    });
  const asked: (string | undefined)[] = [];
  const ask = async ({ Range }: Record<string, string>) => {
    asked.push(Range);
    const answer = answers.shift() ?? 400;
    if (answer !== "rest") return new Response("no", { status: answer });
    const begin = Number(/\d+/.exec(Range ?? ""));
    return new Response(from(begin), { status: 206, headers: { "Content-Length": String(bytes.length - begin) } });
  };
  return { ...resumable(new Response(from(0)), bytes.length, ask, undefined, pauses), asked };
}

test("each cut has all the tries, and a server that is busy is asked again", async () => {
  const { next, asked } = broken([503, "rest", 503, "rest"], [0, 0]);
  for (const begin of [0, 2, 4]) expect(await next()).toEqual(bytes.slice(begin, begin + 2));
  expect(await next()).toBeUndefined(); // cut after the last byte: nothing is left to ask for
  expect(asked).toEqual(["bytes=2-", "bytes=2-", "bytes=4-", "bytes=4-"]);
});

test("a server that has no rest to give is asked once", async () => {
  const { next, asked } = broken([404, "rest"], [0, 0]);
  expect(await next()).toEqual(bytes.slice(0, 2));
  await expect(next()).rejects.toThrow("asked for the rest, the server answers 404");
  expect(asked).toEqual(["bytes=2-"]);
});
