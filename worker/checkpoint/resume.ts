import { type Chunks, chunksOf } from "./chunks";

/** Waits before each try to go on after a cut, in ms. */
const PAUSES: readonly number[] = [500, 2000, 8000];

/**
 * A body that outlives its connection: after a cut the rest is asked for as a range of bytes, so that a network's hiccup
 * does not begin a download of hundreds of megabytes anew. That needs a length that is certain, a server that knows
 * ranges, and the same file, by its length and its version. Every cut gets all the tries.
 *
 * `ask` gets the same address with some headers. `next` rejects with what went wrong last; the signal's reason when aborted.
 */
export function resumable(
  first: Response,
  size: number | undefined,
  ask: (headers: Record<string, string>) => Promise<Response>,
  signal: AbortSignal | undefined,
  pauses = PAUSES,
): Chunks & { expect(bytes: number): void } {
  let chunks = first.body ? chunksOf(first.body) : undefined;
  let received = 0;
  let left = size === undefined ? [] : [...pauses];

  async function rest(length: number): Promise<Chunks> {
    const answer = await ask({ Range: `bytes=${received}-` });
    const range = answer.headers.get("Content-Range"); // other origins need not show it
    const begins = range === null || range.startsWith(`bytes ${received}-`);
    const fits = answer.status === 206 && begins && Number(answer.headers.get("Content-Length")) === length - received;
    const same = versionOf(answer) === versionOf(first);
    if (fits && same && answer.body) return chunksOf(answer.body);
    await answer.body?.cancel();
    if (answer.status < 500) left = []; // another time would be no better
    const found = range === null ? answer.status : `${answer.status} with ${range}`;
    const why = fits ? "the file has changed since" : `asked for the rest, the server answers ${found}`;
    throw new Error(why);
  }

  return {
    async next() {
      for (;;) {
        try {
          if (!chunks && size !== undefined) chunks = await rest(size);
          const chunk = await chunks?.next();
          received += chunk?.length ?? 0;
          if (size !== undefined) left = [...pauses];
          return chunk;
        } catch (cause) {
          signal?.throwIfAborted();
          if (received === size) return undefined; // cut after the last byte
          const pause = left.shift();
          if (pause === undefined) throw cause;
          chunks = undefined;
          await sleep(pause, signal);
        }
      }
    },
    cancel: () => chunks?.cancel(),
    /** The length has become certain. */
    expect(bytes) {
      if (size !== undefined) return;
      size = bytes;
      left = [...pauses];
    },
  };
}

/** What a server says to tell a file from another at its address: the ETag where the page may read it, else its date. */
export function versionOf({ headers }: Response): string | undefined {
  return headers.get("ETag") ?? headers.get("Last-Modified") ?? undefined;
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
