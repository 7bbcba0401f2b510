import { GPTError } from "../errors";
import { ByteReader, type ByteStream } from "./byte-reader";
import { refuseImpostor, SNIFFED_BYTES } from "./sniff";
import type { FileSource } from "./types";

export interface OpenOptions {
  signal?: AbortSignal;
  /** What relative addresses are relative to. */
  base: string;
}

/** Bytes of memory handed on before other events, such as an abort, are heard. */
const MEMORY_CHUNK_BYTES = 16 << 20;

/**
 * Opens a file for reading, its beginning already checked: a web page or a pointer in its place is refused. An address
 * that gave one is asked once more past the browser's own cache, which may remember a server's mistake.
 * Throws `GPTError` `http-error`, `network`, `not-a-model-file`; the signal's reason when aborted.
 */
export async function openFile(source: FileSource, options: OpenOptions): Promise<ByteReader> {
  options.signal?.throwIfAborted();
  if (!isAddress(source)) return checked(new ByteReader(memoryStream(source, options)));
  const url = new URL(source, options.base).href;
  try {
    return await checked(new ByteReader(await download(url, options, "default")));
  } catch (error) {
    if (!(error instanceof GPTError) || error.code !== "not-a-model-file") throw error;
    return checked(new ByteReader(await download(url, options, "reload")));
  }
}

/** Whether an optional file is simply not there: an answer 403, 404 or 410, or the app's start page in its place. */
export function isAbsent(error: unknown): boolean {
  if (!(error instanceof GPTError)) return false;
  return error.code === "not-a-model-file" || (error.cause instanceof Response && error.cause.status <= 410);
}

async function checked(reader: ByteReader): Promise<ByteReader> {
  try {
    refuseImpostor(await reader.peek(SNIFFED_BYTES), reader.file);
    return reader;
  } catch (error) {
    reader.stream.cancel();
    throw error;
  }
}

function isAddress(source: FileSource): source is string | URL {
  return typeof source === "string" || source instanceof URL;
}

async function download(url: string, { signal }: OpenOptions, cache: RequestCache): Promise<ByteStream> {
  let response: Response;
  try {
    response = await fetch(url, { cache, ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    const why = "Is the page offline, or does the server not allow other origins (CORS)?";
    throw new GPTError("network", `${url} could not be reached: ${messageOf(cause)}. ${why}`, { cause });
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new GPTError(
      "http-error",
      `${url} was answered with ${response.status} ${response.statusText}, expected the file. Check the address.`,
      { cause: response },
    );
  }
  const body = response.body?.getReader();
  let received = 0;
  return {
    file: url,
    phase: "download",
    size: certainLength(response),
    async next() {
      try {
        const chunk = (await body?.read())?.value;
        received += chunk?.length ?? 0;
        return chunk;
      } catch (cause) {
        signal?.throwIfAborted();
        const message = `The connection was lost after ${received} bytes of ${url}: ${messageOf(cause)}. Try again.`;
        throw new GPTError("network", message, { cause });
      }
    },
    cancel: () => void body?.cancel().catch(() => {}),
  };
}

/** Content-Length counts compressed bytes, and other origins need not show that they compress. */
function certainLength(response: Response): number | undefined {
  const length = response.headers.get("Content-Length");
  const plain = response.type === "basic" && !response.headers.has("Content-Encoding");
  return plain && length !== null ? Number(length) : undefined;
}

function memoryStream(source: Blob | ArrayBuffer | ArrayBufferView, { signal }: OpenOptions): ByteStream {
  if (source instanceof Blob) return blobStream(source, signal);
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  let at = 0;
  return {
    file: "the given buffer",
    phase: "read",
    size: bytes.length,
    async next() {
      if (at > 0) await new Promise((heard) => setTimeout(heard));
      signal?.throwIfAborted();
      const chunk = bytes.subarray(at, at + MEMORY_CHUNK_BYTES);
      at += chunk.length;
      return chunk.length > 0 ? chunk : undefined;
    },
    cancel() {},
  };
}

function blobStream(blob: Blob, signal: AbortSignal | undefined): ByteStream {
  const file = blob instanceof File ? blob.name : "the given blob";
  const reader = (blob.stream() as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  return {
    file,
    phase: "read",
    size: blob.size,
    async next() {
      signal?.throwIfAborted();
      try {
        return (await reader.read()).value;
      } catch (cause) {
        const message = `${file} could not be read: ${messageOf(cause)}. It may have changed on disk; choose it again.`;
        throw new GPTError("network", message, { cause });
      }
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
