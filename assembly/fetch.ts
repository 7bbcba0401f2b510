import { at } from "./lanes";

/**
 * Brings `bytes` from w on, and as many from each of up to three places `apart` bytes after it (`last`, how many), into the cache. Four streams
 * come as fast as memory gives them, where a register tile reads one, and slowly.
 */
export function fetch(w: usize, apart: usize, bytes: usize, last: i32): void {
  const w1 = at(w, min(1, last), apart), w2 = at(w, min(2, last), apart), w3 = at(w, min(3, last), apart);
  for (let i: usize = 0; i < bytes; i += 64) {
    load<u32>(w + i);
    load<u32>(w1 + i);
    load<u32>(w2 + i);
    load<u32>(w3 + i);
  }
}
