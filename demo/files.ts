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
  const safetensors = files.filter(({ name }) => name.endsWith(".safetensors"));
  const weights = named("model.safetensors") ?? (safetensors.length === 1 ? safetensors[0] : undefined);
  const tokenizer = named("tokenizer.json");
  const vocab = named("vocab.json");
  const merges = named("merges.txt");
  const added = named("added_tokens.json");
  const missing = [
    config ? "" : "config.json",
    weights ? "" : "model.safetensors",
    tokenizer || (vocab && merges) ? "" : words.tokenizer,
  ].filter((name) => name !== "");
  if (!config || !weights || missing.length > 0) {
    const found = files.map(({ name }) => name);
    throw new Error(words.missing(missing, found));
  }
  const vocabulary = tokenizer ?? (vocab && merges ? { vocab, merges, ...(added && { added }) } : undefined);
  return { name: folderOf(config) ?? weights.name, source: { config, weights, tokenizer: vocabulary } };
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
