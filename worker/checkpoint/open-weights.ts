import { chunk } from "../chunk";
import type { ByteReader } from "./byte-reader";
import { isOutOfReach } from "./fetch";
import { readHeader } from "./header";
import type { CheckpointFiles } from "./source";
import type { Open } from "./texts";
import type { FileHeader, FileSource } from "./types";

/** An open weights file: the reader stands at or before the first tensor. */
export interface OpenWeights {
  reader: ByteReader;
  header: FileHeader;
}

/** Opens the weights: one file, several, or what a folder's `model.safetensors.index.json` lists where it lacks the one. */
export async function openWeights({ config, weights, folder }: CheckpointFiles, open: Open): Promise<OpenWeights> {
  if (config === undefined) import("./gguf-model").catch(() => undefined); // what comes alone is a GGUF: its reader is here when its first bytes are
  const shards = () => chunk(import("./shards"));
  if (Array.isArray(weights)) return (await shards()).joinShards(weights, open);
  try {
    return await openOne(weights as FileSource, open);
  } catch (error) {
    if (!folder || !isOutOfReach(error)) throw error;
    const { listShards, joinShards } = await shards();
    const listed = await listShards(folder, open);
    if (!listed) throw error;
    return joinShards(listed, open);
  }
}

export async function openOne(source: FileSource, open: Open): Promise<OpenWeights> {
  const reader = await open(source);
  return { reader, header: await readHeader(reader) };
}
