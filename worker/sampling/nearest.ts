const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Levenshtein 1966: insertions, deletions and substitutions from one word to another. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** A name that is no option of a call, and what may be meant. */
export function noOption(name: string, call: string, names: readonly string[]): TypeError {
  return new TypeError(`${name} is not an option of ${call}; ${nearest(name, names)}`);
}

/** "did you mean topP?" for `top_p`, or all the names where none is near. */
function nearest(name: string, names: readonly string[]): string {
  const [best] = names
    .map((known) => ({ known, far: distance(plain(name), plain(known)) }))
    .sort((a, b) => a.far - b.far);
  if (best && best.far <= Math.max(2, name.length / 3)) return `did you mean ${best.known}?`;
  return `the options are ${names.join(", ")}`;
}
