import { type Loaded, tokenizerOf } from "./loaded";
import { ensure, ids, text } from "./sampling/checks";

/** Text → ids, for a caller. Throws a `TypeError` for what is no text. */
export function encodeText(given: string, loaded: Loaded): Int32Array {
  const tokenizer = tokenizerOf(loaded);
  ensure("text", given, text, loaded.machine.config);
  return tokenizer.encode(given);
}

/** Ids → text, for a caller. Throws a `TypeError` for ids that neither the model nor its tokenizer can have. */
export function decodeIds(given: ArrayLike<number>, loaded: Loaded): string {
  const tokenizer = tokenizerOf(loaded);
  const { config } = loaded.machine;
  const list = ArrayBuffer.isView(given) && "length" in given ? Array.from(given) : given;
  ensure("ids", list, ids(0), { ...config, vocabSize: Math.max(config.vocabSize, tokenizer.vocabSize) });
  return tokenizer.decode(list);
}
