import { GPTError, type GPTErrorCode } from "../errors";
import { fnv1a } from "../hash";
import type { Machine } from "../machine/assemble";
import type { GPTConfig } from "../model/config";
import { savedBytes } from "../model/kv-cache";
import { parameters } from "../model/parameters";
import type { Place } from "../model/weights";
import type { CacheFormatName } from "../protocol";
import { isTokenId } from "../values";
import type { Ops } from "../wasm/ops";

/** What a saved session says of itself. */
export interface SessionHeader {
  /** The model's configuration, which the other must share but for its dropout. */
  config: Partial<GPTConfig>;
  cacheFormat: CacheFormatName;
  /** What made the keys and values, and rounds otherwise than others: the format of the weights, the kernels, what the processor does. */
  madeBy: string;
  /** A number made of the weights, the same however they lie in memory. */
  weights: number;
  /** The whole text. */
  ids: number[];
  /** The ids whose keys and values follow. */
  read: number[];
}

const MAGIC = "GPT-worker session 3\n";

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
export interface Expected extends Pick<SessionHeader, "cacheFormat" | "madeBy" | "weights"> {
  config: GPTConfig;
}

/** How many values of each parameter the number of the weights is made of: its first rows, and no less than one. */
const SAMPLE = 4096;

/** What a model expects of the sessions it restores, and says of those it saves. */
export function expectedOf({ config, info, weights, engine, ops }: Machine): Expected {
  const hashed = parameters(config).map(({ name }) => ops.scoped(() => fnv1a(sampleOf(weights.place(name), ops))));
  return {
    config,
    cacheFormat: info.cacheFormat,
    madeBy: `${info.format} ${info.kernels} ${JSON.stringify(engine.dot)} ${engine.fused ? "fused" : "apart"}`,
    weights: fnv1a(new Uint8Array(Uint32Array.from(hashed).buffer)),
  };
}

/** The first values of a parameter as f32: these are the same wherever the kernels lay the weights otherwise. */
function sampleOf(place: Place, ops: Ops): Uint8Array {
  const [outs = 1, inputs = 1] = place.parameter.shape;
  const rows = Math.min(outs, Math.ceil(SAMPLE / inputs));
  if (place.kind === "plain") return ops.arena.u8(place.pointer, 4 * rows * inputs);
  const ids = Int32Array.from({ length: rows }, (_, i) => place.firstRow + i);
  return ops.arena.u8(ops.gather(ids, place.matrix).pointer, 4 * rows * inputs);
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
      `holds its cache in ${header.cacheFormat}, this model in ${expected.cacheFormat}: load the model with cacheFormat: '${header.cacheFormat}'.`,
    );
  if (header.weights !== expected.weights)
    refuse(
      "bad-value",
      "is of other weights, or of the same rounded to another format: load the model that it was saved with, in its format.",
    );
  const { vocabSize, contextLength } = config;
  const ids = [...header.ids, ...header.read];
  const wrong = ids.findIndex((id) => !isTokenId(id, vocabSize));
  if (wrong >= 0) refuse("bad-value", `holds the id ${ids[wrong]}, expected whole numbers from 0 to ${vocabSize - 1}.`);
  const cache = bytes.subarray(BEGIN + length);
  if (
    header.read.length > contextLength ||
    cache.length !== savedBytes(config, expected.cacheFormat, header.read.length)
  )
    refuse(
      "truncated",
      `has ${cache.length} bytes of keys and values, which are not those of ${header.read.length} positions.`,
    );
  if (view.getUint32(MAGIC.length, true) !== fnv1a(bytes.subarray(MAGIC.length + 4)))
    refuse("bad-value", "is damaged: its bytes do not give its checksum. Keep it as save() gave it.");
  if (header.madeBy === expected.madeBy) return { header, cache };
  return { header: { ...header, read: [] }, cache: new Uint8Array() }; // the text is read again
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
