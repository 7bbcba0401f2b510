import { GPTError } from "../errors";
import { ByteReader } from "./byte-reader";
import { isAbsent } from "./fetch";
import { leftOver, readHeader } from "./header";
import type { CheckpointFiles } from "./source";
import { type Open, readJson } from "./texts";
import type { FileHeader, FileSource } from "./types";

/** An open weights file: the reader stands at or before the first tensor. */
export interface OpenWeights {
  reader: ByteReader;
  header: FileHeader;
}

/** Opens the weights: one file, several, or what a folder's `model.safetensors.index.json` lists where it lacks the one. */
export async function openWeights({ weights, folder }: CheckpointFiles, open: Open): Promise<OpenWeights> {
  if (Array.isArray(weights)) return joinShards(weights, open);
  try {
    return await openOne(weights as FileSource, open);
  } catch (error) {
    const shards = folder && isAbsent(error) ? await listShards(folder, open) : undefined;
    if (!shards) throw error;
    return joinShards(shards, open);
  }
}

async function openOne(source: FileSource, open: Open): Promise<OpenWeights> {
  const reader = await open(source);
  return { reader, header: await readHeader(reader) };
}

/** The shards that an index names, in order; `undefined` where there is no index. */
async function listShards(folder: (file: string) => string, open: Open): Promise<string[] | undefined> {
  try {
    const { json, file } = await readJson(folder("model.safetensors.index.json"), open, "bad-header");
    const map = (json as { weight_map?: Record<string, unknown> } | null)?.weight_map;
    const names = [...new Set(Object.values(map ?? {}))].sort();
    if (names.length === 0 || !names.every(isFileName)) {
      throw new GPTError("bad-header", `${file} has no weight_map of file names, expected tensor → file.`);
    }
    return names.map(folder);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isFileName(name: unknown): name is string {
  return typeof name === "string" && /^[\w.-]+$/.test(name);
}

/**
 * Several files as one, end to end: first their headers are read, then, while the tensors are read, each file is opened
 * again in turn, so that only one download is open at a time.
 */
async function joinShards(sources: readonly FileSource[], open: Open): Promise<OpenWeights> {
  const headers: FileHeader[] = [];
  let phase: ByteReader["stream"]["phase"] = "read";
  for (const source of sources) {
    const { reader, header } = await openOne(source, open);
    reader.stream.cancel();
    phase = reader.stream.phase;
    headers.push(header);
  }
  const joined = joinHeaders(headers);
  const chunks = chunksOfAll(sources, headers, open);
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
  return { file, names: first?.names ?? "hub", tensors, dataStart: 0, fileBytes, padding: 0 };
}

async function* chunksOfAll(sources: readonly FileSource[], headers: readonly FileHeader[], open: Open) {
  for (const [i, source] of sources.entries()) {
    const header = headers[i];
    if (!header) return;
    const reader = await open(source);
    while (reader.position < header.fileBytes) {
      yield await reader.some(header.fileBytes - reader.position, "its tensors");
    }
    if ((await reader.peek(header.padding + 1)).length > header.padding) throw leftOver(header);
  }
}
