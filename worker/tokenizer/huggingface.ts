import { Tokenizer } from "@huggingface/tokenizers";
import { type Encoder, encoderJSON } from "./encoder";
import { isolate, type PreTokenizer } from "./pre-tokenizers";
import type { TokenizerSpec } from "./spec";

/** `ByteLevel`'s own pattern, in tokenizers' spelling. */
const GPT2_WORDS = "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * The package writes `ByteLevel`'s pattern with JavaScript's `\s`, which has U+FEFF and lacks U+0085; patterns in a
 * file are translated, and `\s` is White_Space there. So the pattern goes the way of a file's, and the space in front
 * before it.
 */
function spelledOut(step: PreTokenizer): object[] {
  if (step.type !== "ByteLevel") return [step];
  return [
    ...(step.add_prefix_space ? [{ type: "Replace", pattern: { Regex: "\\A(?! )" }, content: " " }] : []),
    ...(step.use_regex ? [isolate(GPT2_WORDS)] : []),
    { ...step, add_prefix_space: false, use_regex: false },
  ];
}

/** `@huggingface/tokenizers`: the light backend, 11.5 kB compressed, in JavaScript. */
export async function openEncoder(spec: TokenizerSpec): Promise<Encoder> {
  const preTokenizers = spec.preTokenizers.flatMap(spelledOut);
  const tokenizer = new Tokenizer(encoderJSON(spec, preTokenizers), {});
  return { encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids };
}
