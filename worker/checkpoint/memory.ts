import { GPTError } from "../errors";
import type { ByteStream } from "./byte-reader";
import { chunksOf } from "./chunks";

/** Bytes of memory handed on before other events, such as an abort, are heard. */
const MEMORY_CHUNK_BYTES = 16 << 20;

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

function blobStream(blob: Blob, signal: AbortSignal | undefined): ByteStream {
  const file = blob instanceof File ? blob.name : "the given blob";
  const chunks = chunksOf(blob.stream());
  return {
    file,
    phase: "read",
    size: blob.size,
    async next() {
      signal?.throwIfAborted();
      try {
        return await chunks.next();
      } catch (cause) {
        const message = `${file} could not be read: ${String(cause)}. It may have changed on disk; choose it again.`;
        throw new GPTError("network", message, { cause });
      }
    },
    cancel: chunks.cancel,
  };
}
