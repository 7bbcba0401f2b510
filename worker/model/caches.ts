import type { CacheFormatName } from "../protocol";
import { align } from "../shape";
import type { Arena } from "../wasm/arena";
import type { GPTConfig } from "./config";
import { BLOCK, KVCache } from "./kv-cache";

/**
 * Key-value caches, used again and again: WebAssembly memory never shrinks. Capacities double from a block up to the context's, so that a
 * cache that was given back fits many texts, and the smaller ones that a growing text leaves behind take no more together than the largest.
 */
export class Caches {
  private readonly free: KVCache[] = [];

  constructor(
    private readonly config: GPTConfig,
    private readonly format: CacheFormatName,
    private readonly arena: Arena,
  ) {}

  /** An empty cache for `positions`, the smallest that does; a new one where none is free. */
  acquire(positions = this.config.contextLength): KVCache {
    const fitting = this.free.filter(({ capacity }) => capacity >= positions);
    const found = fitting.reduce<KVCache | undefined>((a, b) => (a && a.capacity <= b.capacity ? a : b), undefined);
    if (!found) {
      this.giveBack();
      return new KVCache(this.config, this.format, this.arena, this.capacityFor(positions));
    }
    this.free.splice(this.free.indexOf(found), 1);
    found.truncate(0);
    return found;
  }

  /** Free caches at the end of the memory, all too small, become room for a larger one. */
  private giveBack(): void {
    this.free.sort((a, b) => a.begin - b.begin);
    for (let last = this.free.at(-1); last && this.arena.giveBack(last); last = this.free.at(-1)) this.free.pop();
  }

  private capacityFor(positions: number): number {
    let capacity = BLOCK;
    while (capacity < positions) capacity *= 2;
    return Math.min(capacity, align(this.config.contextLength, BLOCK));
  }

  release(cache: KVCache): void {
    this.free.push(cache);
  }
}
