import { GPTError, type GPTErrorCode } from "../errors";
import type { TokenizerFiles } from "../parsed-tokenizer";
import { isObject } from "../values";
import type { ByteReader } from "./byte-reader";
import { isAbsent, isOutOfReach } from "./fetch";
import type { CheckpointFiles } from "./source";
import type { FileSource } from "./types";

/** Opens a file for reading from its beginning. */
export type Open = (source: FileSource) => Promise<ByteReader>;

/** The parsed `config.json`, and what to call it. Throws `GPTError` `invalid-config` when it is not a JSON object. */
export async function readConfigJson(
  source: Exclude<CheckpointFiles["config"], undefined>,
  open: Open,
): Promise<{ json: Record<string, unknown>; file: string }> {
  if (!isFile(source)) return { json: { ...source }, file: "The given configuration" };
  const { json, file } = await readJson(source, open, "invalid-config");
  if (isObject(json)) return { json: { ...json }, file };
  const found = JSON.stringify(json).slice(0, 40);
  throw new GPTError("invalid-config", `${file} holds ${found}, expected an object. Is it the model's config.json?`);
}

/** The parsed `generation_config.json` of a folder; empty where none can be had. */
export async function readGenerationConfig(
  { folder }: Pick<CheckpointFiles, "folder">,
  open: Open,
): Promise<Record<string, unknown>> {
  const source = folder?.("generation_config.json");
  return { ...(source !== undefined && (await unlessOutOfReach(readConfigJson(source, open)))?.json) };
}

/** What may lie beside `vocab.json` and `merges.txt`. */
const BESIDE = { added: "added_tokens.json", config: "tokenizer_config.json", special: "special_tokens_map.json" };
type Beside = keyof typeof BESIDE;

/**
 * The tokenizer's files: those named, else what the folder has; `undefined` where there is none.
 * Throws `GPTError` `bad-tokenizer` for JSON that can't be parsed.
 */
export async function readTokenizer(
  files: Pick<CheckpointFiles, "tokenizer" | "folder">,
  open: Open,
): Promise<TokenizerFiles | undefined> {
  const { tokenizer, folder } = files;
  const json = async (source: FileSource) => (await readJson(source, open, "bad-tokenizer")).json;
  const parsed = async (source: unknown) => (isFile(source) ? json(source) : source);
  const pair = async (vocab: Promise<unknown>, merges: FileSource, beside: (part: Beside) => Promise<unknown>) => {
    const others = [beside("added"), beside("config"), beside("special")];
    const [table, { text }, added, config, special] = await Promise.all([vocab, readText(merges, open), ...others]);
    return { vocab: table, merges: text, added, config, special };
  };
  if (tokenizer !== undefined) {
    if (isFile(tokenizer)) return { json: await json(tokenizer) };
    const given: Record<string, unknown> = tokenizer ?? {};
    const { model, vocab, merges } = given;
    if (model !== undefined || vocab === undefined || !isFile(merges)) return { json: tokenizer };
    return pair(parsed(vocab), merges, (part) => parsed(given[part]));
  }
  if (!folder) return undefined;
  try {
    return { json: await json(folder("tokenizer.json")) };
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    const beside = (part: Beside) => unlessOutOfReach(json(folder(BESIDE[part])));
    return pair(json(folder("vocab.json")), folder("merges.txt"), beside).catch((other: unknown) => {
      if (isAbsent(error) && isAbsent(other)) return undefined;
      throw isAbsent(error) ? other : error;
    });
  }
}

async function unlessOutOfReach<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isOutOfReach(error)) return undefined;
    throw error;
  }
}

/** A file as parsed JSON, and what to call it. Throws `GPTError` with `code` where it is not JSON. */
export async function readJson(source: FileSource, open: Open, code: GPTErrorCode) {
  const { text, file } = await readText(source, open);
  try {
    return { json: JSON.parse(text) as unknown, file };
  } catch (cause) {
    throw new GPTError(code, `${file} is not JSON: ${String(cause)}. Download or copy it again.`, { cause });
  }
}

async function readText(source: FileSource, open: Open): Promise<{ text: string; file: string }> {
  const reader = await open(source);
  return { text: new TextDecoder().decode(await reader.rest()), file: reader.file };
}

function isFile(source: unknown): source is FileSource {
  const kinds = [URL, Blob, ArrayBuffer];
  return typeof source === "string" || ArrayBuffer.isView(source) || kinds.some((kind) => source instanceof kind);
}
