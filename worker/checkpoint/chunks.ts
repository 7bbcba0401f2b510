/** The buffer that is filled again and again. */
const BUFFER_BYTES = 1 << 20;

/**
 * What is read at this moment. Chromium (156) forgets that somebody waits: it collects the body of a kept file that nothing
 * else holds, and the read never ends.
 */
const reading = new Set<ReadableStreamBYOBReader>();

/** The chunks of a stream; each lasts until the next is asked for. `undefined` at the end. */
export interface Chunks {
  next(): Promise<Uint8Array | undefined>;
  cancel(): void;
}

/**
 * Reads a body into one buffer where the engine can (Chromium: 1.7 times as fast as chunks of its own, and no garbage),
 * else chunk by chunk as it comes.
 */
export function chunksOf(body: ReadableStream<Uint8Array>): Chunks {
  const reader = byobReader(body);
  if (!reader) {
    const plain = body.getReader();
    return { next: async () => (await plain.read()).value, cancel: () => void plain.cancel().catch(() => {}) };
  }
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  return {
    async next() {
      reading.add(reader);
      try {
        const { done, value } = await reader.read(new Uint8Array(buffer));
        if (value) buffer = value.buffer;
        return done ? undefined : value;
      } finally {
        reading.delete(reader);
      }
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

function byobReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return undefined; // no byte stream in this engine
  }
}
