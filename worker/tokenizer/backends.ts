import type { Encoder } from "./encoder";
import type { TokenizerSpec } from "./spec";

/** Which library cuts text into tokens; they give the same ids but beside letters newer than Unicode 14. */
export type TokenizerBackend = "web-tokenizers" | "huggingface";

/** Each in a chunk of its own, loaded when it is chosen: web-tokenizers weighs 3.6 MB. */
export const BACKENDS: Record<TokenizerBackend, () => Promise<{ openEncoder(spec: TokenizerSpec): Promise<Encoder> }>> =
  {
    "web-tokenizers": () => import("./web-tokenizers"),
    huggingface: () => import("./huggingface"),
  };

/** Fetches the code of a tokenizer before its files are here. What fails is told where it is opened. */
export function preload(backend: TokenizerBackend = "web-tokenizers"): void {
  for (const code of [import("./tokenizer"), BACKENDS[backend]()]) code.catch(() => undefined);
}
