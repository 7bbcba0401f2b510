import { GPTError } from "../errors";
import type { ModelSource, SeparateFiles, TokenizerSource } from "./types";

/** Where each file of a checkpoint is. */
export interface CheckpointFiles {
  /** Absent where the weights file has its own, as GGUF does. */
  config: SeparateFiles["config"];
  weights: SeparateFiles["weights"];
  tokenizer: TokenizerSource | undefined;
  /** The address of a file beside them: a tokenizer's, or an index of shards. */
  folder?: (file: string) => string;
}

const HUB = "https://huggingface.co";
const HUB_ID = /^(?!\.)[\w.-]+\/[\w.-]+$/;
const PARTS: readonly string[] = ["config", "weights", "tokenizer"] satisfies (keyof SeparateFiles)[];
const WEIGHTS = /\.(?:gguf|safetensors)$/i;
/** Files that are no model, and what to give in their place. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/\.index\.json$/i, "Give its folder's address."],
  [/\.(?:bin|pt|pth|h5|ckpt)$/i, "Save the model anew with save_pretrained() and give its folder's address."],
];

/**
 * The files behind a source: a hub id `owner/name` (a relative folder of that form is written `./owner/name`), the
 * address of a folder or of the `.safetensors` file in it, one `.gguf`, or the files one by one. Query strings are kept.
 * Throws `GPTError` `bad-argument` for anything else.
 */
export function filesOf(source: ModelSource, options: { base: string; revision?: string }): CheckpointFiles {
  if (typeof source === "string" && HUB_ID.test(source) && !WEIGHTS.test(source) && !otherFile(source)) {
    const revision = encodeURIComponent(options.revision ?? "main");
    return folderFiles(new URL(`${HUB}/${source}/resolve/${revision}/`), "model.safetensors");
  }
  if (typeof source === "string" || source instanceof URL) {
    const url = address(source, options.base);
    if (/\.gguf$/i.test(url.pathname)) return { config: undefined, weights: url, tokenizer: undefined };
    const other = otherFile(url.pathname);
    if (other) throw new GPTError("bad-argument", `${url} is neither .safetensors nor .gguf. ${other[1]}`);
    const weights = /[^/]+\.safetensors$/.exec(url.pathname)?.[0];
    if (weights !== undefined) url.pathname = url.pathname.slice(0, -weights.length);
    else if (!url.pathname.endsWith("/")) url.pathname += "/";
    return folderFiles(url, weights ?? "model.safetensors");
  }
  if (isBytes(source)) return { config: undefined, weights: source, tokenizer: undefined };
  const none = !source?.weights || (Array.isArray(source.weights) && source.weights.length === 0);
  const wrong = none ? "no weights" : Object.keys(source).find((key) => !PARTS.includes(key));
  if (wrong !== undefined)
    throw new GPTError("bad-argument", `The source has ${wrong}, expected an address or { ${PARTS.join(", ")} }.`);
  return { config: source.config, weights: source.weights, tokenizer: source.tokenizer };
}

/** Whether a tokenizer may come with a source: all but files one by one, when none is among them, have a place for it. */
export function mayHaveTokenizer(source: ModelSource): boolean {
  const single = typeof source === "string" || source instanceof URL || isBytes(source);
  return single || source?.tokenizer !== undefined || source?.config === undefined;
}

function otherFile(path: string) {
  return OTHERS.find(([ending]) => ending.test(path));
}

function isBytes(source: unknown): source is Blob | ArrayBuffer | ArrayBufferView {
  return source instanceof Blob || source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}

function address(source: string | URL, base: string): URL {
  try {
    return new URL(source, base);
  } catch (cause) {
    throw new GPTError("bad-argument", `${JSON.stringify(source)} is not an address. Check its spelling.`, { cause });
  }
}

function folderFiles(folder: URL, weights: string): CheckpointFiles {
  const inFolder = (file: string) => {
    const url = new URL(folder);
    url.pathname += file;
    return url.href;
  };
  return { config: inFolder("config.json"), weights: inFolder(weights), tokenizer: undefined, folder: inFolder };
}
