import { GPTError } from "../errors";
import type { ByteStream } from "./byte-reader";
import { chunksOf } from "./chunks";

/** The name under which the Cache API keeps model files; `caches.delete` with it forgets them all. */
export const CACHE_NAME = "gpt-worker";

/** Bytes that may wait for the disk before the download waits too. */
const QUEUE_BYTES = 8 << 20;

/**
 * Whether a file is kept. Unless the caller decides: the hub's and other origins' files, but nothing of the page's own
 * origin (its HTTP cache and its deployments belong to the page) and no address with a query (signed, it never returns).
 */
export function isKept(url: URL, wanted: boolean | undefined): boolean {
  if (!/^https?:$/.test(url.protocol)) return false;
  return wanted ?? (url.origin !== location.origin && url.search === "");
}

/**
 * What stands beside a file's entry once the whole of it is there. The entry alone proves nothing: Firefox keeps what had
 * come of a download when its worker ended.
 */
export function markOf(url: string): string {
  const mark = new URL(url);
  mark.searchParams.append(CACHE_NAME, "whole");
  return mark.href;
}

/** The file as an earlier load kept it whole, or `undefined`; also where the page may keep nothing. */
export async function fromCache(url: string, signal: AbortSignal | undefined): Promise<ByteStream | undefined> {
  const cache = await open().catch(ignore);
  const whole = await cache?.match(markOf(url)).catch(ignore);
  const found = whole && (await cache?.match(url).catch(ignore));
  if (!found?.body) return undefined;
  const chunks = chunksOf(found.body);
  return {
    file: url,
    phase: "cache",
    size: undefined,
    async next() {
      signal?.throwIfAborted();
      try {
        return await chunks.next();
      } catch (cause) {
        signal?.throwIfAborted();
        throw new GPTError("truncated", `${url} can't be read as the browser keeps it: ${String(cause)}.`, { cause });
      }
    },
    cancel: chunks.cancel,
  };
}

/**
 * The same stream, each chunk also on its way into the cache. Only `keep` makes an entry of it: a stream that is
 * cancelled, cut or left leaves nothing behind. Where there is no room, the load goes on without.
 */
export async function intoCache(stream: ByteStream): Promise<ByteStream> {
  const cache = await open().catch(ignore);
  if (!cache) return stream;
  const strategy = new ByteLengthQueuingStrategy({ highWaterMark: QUEUE_BYTES });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>(undefined, strategy);
  const queue = writable.getWriter();
  const over = cache
    .delete(markOf(stream.file))
    .then(() => cache.put(stream.file, new Response(readable)))
    .then(
      () => true,
      () => void queue.abort().catch(ignore),
    );
  queue.closed.catch(ignore);
  return {
    ...stream,
    async next() {
      const chunk = await stream.next();
      if (!chunk) return chunk;
      await queue.ready.catch(ignore);
      queue.write(chunk.slice() as Uint8Array<ArrayBuffer>).catch(ignore); // the chunk's buffer is used again
      return chunk;
    },
    cancel() {
      queue.abort().catch(ignore);
      stream.cancel();
    },
    async keep() {
      queue.close().catch(ignore);
      if (await over) await cache.put(markOf(stream.file), new Response()).catch(ignore);
    },
  };
}

/** Rejects where the page may keep nothing: there is no `caches` on plain http, and a page without an origin may not even look. */
async function open(): Promise<Cache> {
  return caches.open(CACHE_NAME);
}

function ignore(): undefined {}
