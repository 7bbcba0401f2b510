/** FNV-1a, 32 bits (Fowler, Noll, Vo); one byte that differs always gives another hash. */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The finaliser of MurmurHash3 (Appleby 2011) over a Weyl step: a 32-bit number that looks like none of its neighbours'. */
export function mix32(x: number): number {
  const weyl = (x + 0x9e3779b9) | 0;
  const a = Math.imul(weyl ^ (weyl >>> 16), 0x85ebca6b);
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}
