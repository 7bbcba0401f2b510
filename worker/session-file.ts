import { GPTError, type GPTErrorCode } from "./errors";
import type { CacheFormatName } from "./protocol";

/** What a saved session says of itself. */
export interface SessionHeader {
  /** Sizes that the model must share, by name. */
  shape: Record<string, number>;
  cacheFormat: CacheFormatName;
  /** A number made of the weights as they are stored. */
  weights: number;
  /** The whole text. */
  ids: number[];
  /** The ids whose keys and values follow. */
  read: number[];
}

const MAGIC = "GPT-worker session 1\n";

/**
 * `GPT-worker session 1`, a line feed, the header's length as u32, the header as JSON, and the keys and values as
 * `KVCache.save` orders them.
 */
export function writeSession(header: SessionHeader, cache: Uint8Array): Uint8Array<ArrayBuffer> {
  const magic = new TextEncoder().encode(MAGIC);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(magic.length + 4 + json.length + cache.length);
  bytes.set(magic);
  new DataView(bytes.buffer).setUint32(magic.length, json.length, true);
  bytes.set(json, magic.length + 4);
  bytes.set(cache, magic.length + 4 + json.length);
  return bytes;
}

/** What this model expects of a saved session. */
export interface Expected extends Pick<SessionHeader, "shape" | "cacheFormat" | "weights"> {
  savedBytes(positions: number): number;
}

/** Reads and checks a saved session. Throws `GPTError` `bad-header`, `wrong-shape`, `wrong-dtype`, `bad-value`, `truncated`. */
export function readSession(bytes: Uint8Array, expected: Expected): { header: SessionHeader; cache: Uint8Array } {
  const refuse = (code: GPTErrorCode, what: string): never => {
    throw new GPTError(code, `The saved session ${what}`);
  };
  const begin = MAGIC.length + 4;
  const magic = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC || bytes.length < begin)
    refuse(
      "bad-header",
      `begins with ${JSON.stringify(magic)}, expected ${JSON.stringify(MAGIC)}: give what save() gave.`,
    );
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  const header = parse(bytes.subarray(begin, begin + length)) ?? refuse("bad-header", "has no readable header.");
  for (const [name, size] of Object.entries(expected.shape)) {
    if (header.shape[name] !== size)
      refuse("wrong-shape", `is of a model with ${name} ${header.shape[name]}, this one has ${size}.`);
  }
  if (header.cacheFormat !== expected.cacheFormat)
    refuse(
      "wrong-dtype",
      `holds its cache in ${header.cacheFormat}, this model in ${expected.cacheFormat}: load it with that cacheFormat.`,
    );
  if (header.weights !== expected.weights)
    refuse("bad-value", "is of other weights, or of the same in another format or for other kernels.");
  const { vocabSize = 0, contextLength = 0 } = expected.shape;
  const wrong = [...header.ids, ...header.read].find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (wrong !== undefined)
    refuse("bad-value", `holds the id ${wrong}, expected whole numbers from 0 to ${vocabSize - 1}.`);
  const cache = bytes.subarray(begin + length);
  if (header.read.length > contextLength || cache.length !== expected.savedBytes(header.read.length))
    refuse(
      "truncated",
      `has ${cache.length} bytes of keys and values, which are not those of ${header.read.length} positions.`,
    );
  return { header, cache };
}

function parse(json: Uint8Array): SessionHeader | undefined {
  try {
    const header: SessionHeader = JSON.parse(new TextDecoder().decode(json));
    const { shape, ids, read } = header;
    return typeof shape === "object" && shape && Array.isArray(ids) && Array.isArray(read) ? header : undefined;
  } catch {
    return undefined;
  }
}
