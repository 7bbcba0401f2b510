import { byteTokenizer, script, type TestCheckpoint } from "./checkpoints";

/** A model that writes these words, one token each, greedily after any one-token prompt. */
export function writes(...words: readonly string[]): TestCheckpoint {
  const first = 256;
  const checkpoint = script(words.map((_, i) => first + i));
  const tokenizer = byteTokenizer(first);
  const vocab = (tokenizer.model as { vocab: Record<string, number> }).vocab;
  for (const [i, word] of words.entries()) vocab[word.replaceAll(" ", "Ġ")] = first + i;
  return { ...checkpoint, tokenizer };
}

/** Everything that an iterable gives. */
export async function listed<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of iterable) all.push(item);
  return all;
}
