import { GPTError, type GPTErrorCode } from "../errors";
import { matrixBytes } from "../formats";
import { fnv1a } from "../hash";
import type { Machine } from "../machine/assemble";
import type { GPTConfig } from "../model/config";
import { parameters } from "../model/parameters";
import type { Place } from "../model/weights";
import type { CacheFormatName, KernelsName } from "../protocol";
import type { Sequence } from "./sequence";

/** What a saved session says of itself. */
export interface SessionHeader {
  /** The model's configuration, which the other must share but for its dropout. */
  config: Partial<GPTConfig>;
  cacheFormat: CacheFormatName;
  /** The kernels that made the keys and values. */
  kernels: KernelsName;
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
export interface Expected extends Pick<SessionHeader, "cacheFormat" | "kernels" | "weights"> {
  config: GPTConfig;
  savedBytes(positions: number): number;
}

/** Bytes of each parameter that the number of the weights is made of, the first ones. */
const SAMPLE_BYTES = 4096;

/** What a model expects of the sessions it restores, and says of those it saves. */
export function expectedOf({ config, info, weights, arena }: Machine, { cache }: Sequence): Expected {
  const hashed = parameters(config).map(({ name }) => {
    const { pointer, bytes } = storedAt(weights.place(name));
    return fnv1a(arena.u8(pointer, Math.min(SAMPLE_BYTES, bytes)));
  });
  return {
    config,
    cacheFormat: info.cacheFormat,
    kernels: info.kernels,
    weights: fnv1a(new Uint8Array(Uint32Array.from(hashed).buffer)),
    savedBytes: (positions) => cache.savedBytes(positions),
  };
}

/** Where a parameter lies, and how many bytes it takes. */
function storedAt(place: Place): { pointer: number; bytes: number } {
  const [outs = 1, inputs = 1] = place.parameter.shape;
  if (place.kind === "plain") return { pointer: place.pointer, bytes: 4 * outs * inputs };
  const { pointer, format, inputs: width } = place.matrix;
  return { pointer: pointer + matrixBytes(format, place.firstRow, width), bytes: matrixBytes(format, outs, width) };
}

/** The keys that either has. */
function keysOf(ours: GPTConfig, theirs: Partial<GPTConfig>): (keyof GPTConfig)[] {
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])] as (keyof GPTConfig)[];
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
  const { config } = expected;
  for (const name of keysOf(config, header.config).filter((key) => key !== "dropRate")) {
    const [theirs, ours] = [header.config, config].map((each) => JSON.stringify(each[name]));
    if (theirs !== ours) refuse("wrong-shape", `is of a model with ${name} ${theirs}, this one has ${ours}.`);
  }
  if (header.cacheFormat !== expected.cacheFormat)
    refuse(
      "wrong-dtype",
      `holds its cache in ${header.cacheFormat}, this model in ${expected.cacheFormat}: load it with that cacheFormat.`,
    );
  if (header.weights !== expected.weights)
    refuse("bad-value", "is of other weights, or of the same in another format or for other kernels.");
  const { vocabSize, contextLength } = config;
  const ids = [...header.ids, ...header.read];
  const wrong = ids.findIndex((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (wrong >= 0) refuse("bad-value", `holds the id ${ids[wrong]}, expected whole numbers from 0 to ${vocabSize - 1}.`);
  const cache = bytes.subarray(BEGIN + length);
  if (header.read.length > contextLength || cache.length !== expected.savedBytes(header.read.length))
    refuse(
      "truncated",
      `has ${cache.length} bytes of keys and values, which are not those of ${header.read.length} positions.`,
    );
  if (view.getUint32(MAGIC.length, true) !== fnv1a(bytes.subarray(MAGIC.length + 4)))
    refuse("bad-value", "is damaged: its bytes do not give its checksum. Keep it as save() gave it.");
  if (header.kernels === expected.kernels) return { header, cache };
  return { header: { ...header, read: [] }, cache: new Uint8Array() }; // other kernels round otherwise: the text is read again
}

function parse(json: Uint8Array): SessionHeader | undefined {
  try {
    const header: SessionHeader = JSON.parse(new TextDecoder().decode(json));
    const { config, ids, read } = header;
    return typeof config === "object" && config && Array.isArray(ids) && Array.isArray(read) ? header : undefined;
  } catch {
    return undefined;
  }
}
