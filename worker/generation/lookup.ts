/** The longest run of tokens that is looked for. */
const LONGEST = 3;

/**
 * What may come next, without a model: where the text's last few tokens stood before, what followed them there, up to
 * `count` ids. Longer runs are tried first, of equal ones the latest place.
 *
 * Saxena 2023, github.com/apoorvumang/prompt-lookup-decoding.
 */
export function lookUp(ids: readonly number[], count: number): number[] {
  for (let size = Math.min(LONGEST, ids.length - 1); size > 0 && count > 0; size--) {
    const place = lastPlace(ids, size);
    if (place >= 0) return ids.slice(place + size, place + size + count);
  }
  return [];
}

/** Where the last `size` ids stood before; −1 if nowhere. */
function lastPlace(ids: readonly number[], size: number): number {
  const end = ids.length - size;
  for (let at = end - 1; at >= 0; at--) {
    let same = 0;
    while (same < size && ids[at + same] === ids[end + same]) same++;
    if (same === size) return at;
  }
  return -1;
}
