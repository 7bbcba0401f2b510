import type { History } from "./penalties";

/** Forbids the ids that would complete a run of n ids that occurred before. Paulus et al. 2017, arXiv:1705.04304, 2.5. */
export function noRepeatNgram(scores: Float32Array, { ids }: History, n: number): void {
  const prefix = ids.length - (n - 1);
  for (let start = 0; start + n <= ids.length; start++) {
    let same = 0;
    while (same < n - 1 && ids[start + same] === ids[prefix + same]) same++;
    if (same === n - 1) scores[ids[start + n - 1] ?? -1] = -Infinity;
  }
}

/** Forbids the last id of each sequence whose other ids were just written. transformers, NoBadWordsLogitsProcessor. */
export function badWords(scores: Float32Array, { ids }: History, words: readonly (readonly number[])[]): void {
  for (const word of words) {
    const start = ids.length - (word.length - 1);
    let same = 0;
    while (same < word.length - 1 && ids[start + same] === word[same]) same++;
    if (same === word.length - 1) scores[word[same] ?? -1] = -Infinity;
  }
}

/** Forbids all ids whose bit is 0; id's bit is bit id % 32 of word id / 32. */
export function onlyMask(scores: Float32Array, mask: Uint32Array): void {
  for (let id = 0, w = 0; id < scores.length; w++) {
    const word = mask[w] ?? 0;
    const end = Math.min(scores.length, (w + 1) * 32);
    if (word === 0xffffffff) id = end;
    else if (word === 0) while (id < end) scores[id++] = -Infinity;
    else for (; id < end; id++) if (((word >>> id) & 1) === 0) scores[id] = -Infinity;
  }
}

/** The bitset of these ids. */
export function maskOf(ids: readonly number[], vocabSize: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(vocabSize / 32));
  for (const id of ids) mask[id >>> 5] = (mask[id >>> 5] ?? 0) | (1 << id);
  return mask;
}
