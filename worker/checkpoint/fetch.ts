import { GPTError, messageOf } from "../errors";
import { ByteReader, type ByteStream } from "./byte-reader";
import { fromCache, intoCache, isKept } from "./cache";
import { memoryStream } from "./memory";
import { resumable, versionOf } from "./resume";
import { refuseImpostor, SNIFFED_BYTES } from "./sniff";
import type { FileSource } from "./types";

export interface OpenOptions {
  signal?: AbortSignal;
  /** What relative addresses are relative to. */
  base: string;
  /** Whether files are kept for the next load; where it is not said, `isKept` decides. */
  cache?: boolean;
  /** Asks the server, past any kept copy. */
  fresh?: boolean;
}

/**
 * Opens a file for reading, its beginning already checked: a web page or a pointer in its place is refused. An address
 * that gave one is asked once more past the browser's own cache, which may remember a server's mistake.
 * Throws `GPTError` `http-error`, `network`, `not-a-model-file`; the signal's reason when aborted.
 */
export async function openFile(source: FileSource, options: OpenOptions): Promise<ByteReader> {
  const { signal, base, cache, fresh } = options;
  signal?.throwIfAborted();
  if (!isAddress(source)) return checked(memoryStream(source, signal));
  const url = new URL(source, base);
  const kept = isKept(url, cache);
  const found = kept && !fresh ? await fromCache(url.href, signal) : undefined;
  const reader = found && (await checked(found).catch(() => undefined));
  if (reader) return reader;
  const ask = async (mode: RequestCache) => {
    const stream = await download(url.href, signal, mode);
    return checked(kept ? await intoCache(stream) : stream);
  };
  if (fresh) return ask("reload");
  try {
    return await ask("default");
  } catch (error) {
    if (!(error instanceof GPTError) || error.code !== "not-a-model-file") throw error;
    return ask("reload");
  }
}

/** Answers that say of an optional file that it is not there; a bucket that may not be listed says 403. */
const ABSENT = [403, 404, 410];

/** Whether an optional file is simply not there: one of those answers, or the app's start page in its place. */
export function isAbsent(error: unknown): error is GPTError {
  if (!(error instanceof GPTError)) return false;
  return error.code === "not-a-model-file" || (error.cause instanceof Response && ABSENT.includes(error.cause.status));
}

/**
 * Whether to go on without an optional file: it is not there, nothing answers (offline, others may be kept), or the page may not see the
 * answer, as some servers allow other origins (CORS) only for files that exist.
 */
export function isOutOfReach(error: unknown): boolean {
  return isAbsent(error) || (error instanceof GPTError && error.code === "network");
}

async function checked(stream: ByteStream): Promise<ByteReader> {
  try {
    const reader = new ByteReader(stream);
    refuseImpostor(await reader.peek(SNIFFED_BYTES), stream.file);
    return reader;
  } catch (error) {
    stream.cancel();
    throw error;
  }
}

function isAddress(source: FileSource): source is string | URL {
  return typeof source === "string" || source instanceof URL;
}

async function download(url: string, signal: AbortSignal | undefined, cache: RequestCache): Promise<ByteStream> {
  let response: Response;
  try {
    response = await fetch(url, { cache, ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    const why = "Is the page offline, or does the server (CORS) or the page's connect-src policy forbid it?";
    throw new GPTError("network", `${url} could not be reached: ${messageOf(cause)}. ${why}`, { cause });
  }
  if (!response.ok) {
    await response.body?.cancel();
    const found = `${response.status} ${response.statusText}`.trim(); // HTTP/2 has no text
    throw new GPTError("http-error", `${url} was answered with ${found}, expected the file. Check the address.`, {
      cause: response,
    });
  }
  const { headers, type } = response;
  const length = Number(headers.get("Content-Length") ?? Number.NaN);
  // Content-Length counts compressed bytes, and other origins need not show that they compress.
  const size = type === "basic" && !headers.has("Content-Encoding") && length >= 0 ? length : undefined;
  const again = (headers: Record<string, string>) =>
    fetch(url, { headers, cache: "no-store", ...(signal && { signal }) });
  const body = resumable(response, size, again, signal);
  let received = 0;
  return {
    file: url,
    phase: "download",
    size,
    version: versionOf(response),
    foretold: (least, most) => least <= length && length <= most && body.expect(length),
    async next() {
      try {
        const chunk = await body.next();
        received += chunk?.length ?? 0;
        return chunk;
      } catch (cause) {
        signal?.throwIfAborted();
        const message = `The connection was lost after ${received} bytes of ${url}: ${messageOf(cause)}. Try again.`;
        throw new GPTError("network", message, { cause });
      }
    },
    cancel: body.cancel,
  };
}
