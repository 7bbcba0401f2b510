import { GPTError } from "../errors";
import { ByteReader } from "./byte-reader";
import { isOutOfReach } from "./fetch";
import { leftOver } from "./header";
import { type OpenWeights, openOne } from "./open-weights";
import { type Open, readJson } from "./texts";
import type { FileHeader, FileSource } from "./types";

/** The shards that an index names, in order; `undefined` where no index can be had. */
export async function listShards(folder: (file: string) => string, open: Open): Promise<string[] | undefined> {
  try {
    const { json, file } = await readJson(folder("model.safetensors.index.json"), open, "bad-header");
    const map = (json as { weight_map?: Record<string, unknown> } | null)?.weight_map;
    const names = [...new Set(Object.values(map ?? {}))].sort();
    if (names.length === 0 || !names.every(isFileName)) {
      throw new GPTError("bad-header", `${file} has no weight_map of file names, expected tensor → file.`);
    }
    return names.map(folder);
  } catch (error) {
    if (isOutOfReach(error)) return undefined;
    throw error;
  }
}

function isFileName(name: unknown): name is string {
  return typeof name === "string" && /^[\w.-]+$/.test(name);
}

/** A shard as its header was first read. */
interface Shard {
  source: FileSource;
  header: FileHeader;
  version: string | undefined;
}

/**
 * Several files as one, end to end: first their headers are read, then, while the tensors are read, each file is opened
 * again in turn, so that only one download is open at a time.
 */
export async function joinShards(sources: readonly FileSource[], open: Open): Promise<OpenWeights> {
  const shards: Shard[] = [];
  let phase: ByteReader["stream"]["phase"] = "read";
  for (const source of sources) {
    const { reader, header } = await openOne(source, open);
    reader.stream.cancel();
    phase = reader.stream.phase;
    shards.push({ source, header, version: reader.stream.version });
  }
  const joined = joinHeaders(shards.map(({ header }) => header));
  const chunks = chunksOfAll(shards, open);
  const stream = {
    file: joined.file,
    phase,
    size: undefined,
    next: async () => (await chunks.next()).value ?? undefined,
    cancel: () => {}, // what is open ends with its own reader
  };
  return { reader: new ByteReader(stream), header: joined };
}

function joinHeaders(headers: readonly FileHeader[]): FileHeader {
  const tensors: FileHeader["tensors"][number][] = [];
  let fileBytes = 0;
  for (const header of headers) {
    const before = fileBytes;
    tensors.push(...header.tensors.map((tensor) => ({ ...tensor, begin: before + tensor.begin })));
    fileBytes += header.fileBytes;
  }
  const [first] = headers;
  const file = headers.length > 1 ? `${first?.file} and ${headers.length - 1} more` : `${first?.file}`;
  const { names = "hub", unpack } = first ?? {};
  const { own } = headers.find((header) => header.own?.describes) ?? first ?? {};
  return { file, names, tensors, unpack, dataStart: 0, fileBytes, padding: 0, ...(own && { own }) };
}

/** The shards one after the other, zeros for their headers. Throws `GPTError` `truncated` for one that has changed. */
async function* chunksOfAll(shards: readonly Shard[], open: Open) {
  for (const { source, header, version } of shards) {
    const { reader, header: again } = await openOne(source, open);
    const known = version !== undefined && reader.stream.version !== undefined;
    const same = JSON.stringify(again) === JSON.stringify(header) && (!known || version === reader.stream.version);
    if (!same) throw new GPTError("truncated", `${header.file} has changed while it was loaded. Load it again.`);
    yield new Uint8Array(header.dataStart);
    while (reader.position < header.fileBytes) {
      yield await reader.some(header.fileBytes - reader.position, "its tensors");
    }
    if ((await reader.peek(header.padding + 1)).length > header.padding) throw leftOver(header);
  }
}
