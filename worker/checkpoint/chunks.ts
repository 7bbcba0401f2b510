/** The buffer that is filled again and again. */
const BUFFER_BYTES = 1 << 20;

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
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (value) buffer = value.buffer;
      return done ? undefined : value;
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
