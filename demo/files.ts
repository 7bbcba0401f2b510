import type { ModelSource } from "../src/index";
import { ENGLISH, type ModelWords } from "./words";

/** A model to open, and what to call it on the page. */
export interface NamedSource<Source = ModelSource> {
  name: string;
  source: Source;
}

/** A model from what someone typed: an address or a hub id. Its last part names it. */
export function fromAddress(address: string): NamedSource {
  const trimmed = address.trim();
  const path = trimmed.replace(/[?#].*$/, "").replace(/\/+$/, "");
  return { name: path.slice(path.lastIndexOf("/") + 1) || trimmed, source: trimmed };
}

/** A model from files that were dropped or chosen. Throws an error whose message says what is missing. */
export function fromFiles(files: readonly File[], words: ModelWords["files"] = ENGLISH.files): NamedSource {
  const gguf = files.find(({ name }) => name.toLowerCase().endsWith(".gguf"));
  if (gguf) return { name: gguf.name, source: { weights: gguf } };
  const named = (name: string) => files.find((file) => file.name === name);
  const config = named("config.json");
  const { weights, lacks } = weightsOf(files);
  const tokenizer = named("tokenizer.json");
  const vocab = named("vocab.json");
  const merges = named("merges.txt");
  const beside = {
    added: named("added_tokens.json"),
    config: named("tokenizer_config.json"),
    special: named("special_tokens_map.json"),
  };
  const missing = [config ? "" : "config.json", ...lacks, tokenizer || (vocab && merges) ? "" : words.tokenizer].filter(
    (name) => name !== "",
  );
  if (!config || !weights || missing.length > 0) {
    const found = files.map(({ name }) => name);
    throw new Error(words.missing(missing, found));
  }
  const vocabulary = tokenizer ?? (vocab && merges ? { vocab, merges, ...beside } : undefined);
  const name = folderOf(config) ?? (Array.isArray(weights) ? config : weights).name;
  return { name, source: { config, weights, tokenizer: vocabulary } };
}

/** As Hugging Face's libraries name shards. */
const SHARD = /^(.*)-\d{5}-of-(\d{5})\.safetensors$/;
const padded = (n: number) => String(n).padStart(5, "0");

/** The weights: `model.safetensors`, all shards of one model (`model-00001-of-00002.safetensors` …), or the one file there is. */
function weightsOf(files: readonly File[]): { weights?: File | File[]; lacks: string[] } {
  const weights = files.filter(({ name }) => name.endsWith(".safetensors"));
  const whole = weights.find(({ name }) => name === "model.safetensors");
  if (whole) return { weights: whole, lacks: [] };
  const [, stem, count] = weights.map(({ name }) => SHARD.exec(name)).find((match) => match !== null) ?? [];
  if (count !== undefined) {
    const names = Array.from({ length: Number(count) }, (_, n) => `${stem}-${padded(n + 1)}-of-${count}.safetensors`);
    const shards = names.map((name) => weights.find((file) => file.name === name));
    return { weights: shards.filter((file) => !!file), lacks: names.filter((_, n) => !shards[n]) };
  }
  return weights.length === 1 && weights[0] ? { weights: weights[0], lacks: [] } : { lacks: ["model.safetensors"] };
}

/** Every file of a drop: the files themselves, and those lying directly in dropped folders. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // The items are only alive until the first await.
  const found = [...transfer.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const files = await Promise.all(found.map((one) => (one instanceof File ? [one] : one ? filesOf(one) : [])));
  return files.flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const children: FileSystemEntry[] = [];
  // A reader hands out its entries in batches and ends with an empty one.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) break;
    children.push(...batch);
  }
  return (await Promise.all(children.filter(isFile).map(filesOf))).flat();
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function folderOf(file: File): string | undefined {
  return file.webkitRelativePath.split("/").at(-2);
}
