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
