import type { Machine } from "./assemble";
import { GPTError, type GPTErrorCode } from "./errors";
import { matrixBytes } from "./formats";
import { parameters } from "./model/parameters";
import type { CacheFormatName } from "./protocol";
import type { Sequence } from "./sequence";

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

/** Before the header: the magic, the checksum of all that follows it as u32, and the header's length as u32. */
const BEGIN = MAGIC.length + 8;

/** The magic with its line feed, checksum, length, the header as JSON, and the keys and values as `KVCache.save` orders them. */
export function writeSession(header: SessionHeader, cache: Uint8Array): Uint8Array<ArrayBuffer> {
  const magic = new TextEncoder().encode(MAGIC);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(BEGIN + json.length + cache.length);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint32(magic.length + 4, json.length, true);
  bytes.set(json, BEGIN);
  bytes.set(cache, BEGIN + json.length);
  view.setUint32(magic.length, fnv1a(bytes.subarray(magic.length + 4)), true);
  return bytes;
}

/** What this model expects of a saved session. */
export interface Expected extends Pick<SessionHeader, "shape" | "cacheFormat" | "weights"> {
  savedBytes(positions: number): number;
}

/** Bytes of each matrix that the number of the weights is made of. */
const SAMPLE_BYTES = 4096;

/** What a model expects of the sessions it restores, and says of those it saves. */
export function expectedOf({ config, info, weights, arena }: Machine, { cache }: Sequence): Expected {
  const { vocabSize, contextLength, embDim, nHeads, nLayers } = config;
  const hashed = parameters(config)
    .filter(({ role, name }) => role === "matrix" || name === "tok_emb.weight")
    .map(({ name }) => weights.matrix(name))
    .map(({ pointer, format, outs, inputs }) =>
      fnv1a(arena.u8(pointer, Math.min(SAMPLE_BYTES, matrixBytes(format, outs, inputs)))),
    );
  return {
    shape: { vocabSize, contextLength, embDim, nHeads, nLayers },
    cacheFormat: info.cacheFormat,
    weights: fnv1a(new Uint8Array(Uint32Array.from(hashed).buffer)),
    savedBytes: (positions) => cache.savedBytes(positions),
  };
}

/** Reads and checks a saved session. Throws `GPTError` `bad-header`, `wrong-shape`, `wrong-dtype`, `bad-value`, `truncated`. */
export function readSession(bytes: Uint8Array, expected: Expected): { header: SessionHeader; cache: Uint8Array } {
  const refuse = (code: GPTErrorCode, what: string): never => {
    throw new GPTError(code, `The saved session ${what}`);
  };
  const magic = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC || bytes.length < BEGIN)
    refuse(
      "bad-header",
      `begins with ${JSON.stringify(magic)}, expected ${JSON.stringify(MAGIC)}: give what save() gave.`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = view.getUint32(MAGIC.length + 4, true);
  const header = parse(bytes.subarray(BEGIN, BEGIN + length)) ?? refuse("bad-header", "has no readable header.");
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
  const cache = bytes.subarray(BEGIN + length);
  if (header.read.length > contextLength || cache.length !== expected.savedBytes(header.read.length))
    refuse(
      "truncated",
      `has ${cache.length} bytes of keys and values, which are not those of ${header.read.length} positions.`,
    );
  if (view.getUint32(MAGIC.length, true) !== fnv1a(bytes.subarray(MAGIC.length + 4)))
    refuse("bad-value", "is damaged: its bytes do not give its checksum. Keep it as save() gave it.");
  return { header, cache };
}

/** A hash of some bytes (Fowler, Noll, Vo); one byte that differs always gives another. */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
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
