import { GPTError } from "../errors";
import type { ByteStream } from "./byte-reader";

/** Bytes of memory handed on before other events, such as an abort, are heard. */
const MEMORY_CHUNK_BYTES = 16 << 20;

/** Bytes of a blob read at a time. */
const BLOB_CHUNK_BYTES = 4 << 20;

/** Bytes that are here already, as a stream. */
export function memoryStream(
  source: Blob | ArrayBuffer | ArrayBufferView,
  signal: AbortSignal | undefined,
): ByteStream {
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

/** Slice by slice: in Chromium, loads through `blob.stream()` were seen to stand still now and then, and never end. */
function blobStream(blob: Blob, signal: AbortSignal | undefined): ByteStream {
  const file = blob instanceof File ? blob.name : "the given blob";
  let at = 0;
  return {
    file,
    phase: "read",
    size: blob.size,
    async next() {
      signal?.throwIfAborted();
      if (at >= blob.size) return undefined;
      try {
        const chunk = new Uint8Array(await blob.slice(at, at + BLOB_CHUNK_BYTES).arrayBuffer());
        at += chunk.length;
        return chunk;
      } catch (cause) {
        const message = `${file} could not be read: ${String(cause)}. It may have changed on disk; choose it again.`;
        throw new GPTError("network", message, { cause });
      }
    },
    cancel() {},
  };
}
