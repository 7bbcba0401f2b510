import type { CacheFormatName } from "../protocol";
import { type Arena, align } from "../wasm/arena";
import type { GPTConfig } from "./config";
import { KVCache } from "./kv-cache";

/** Capacities are multiples of this, so that a cache given back fits the next text. */
const STEP = 64;

/** Key-value caches, used again and again: WebAssembly memory that was taken can't be given back. */
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
    if (!found) return new KVCache(this.config, this.format, this.arena, align(Math.max(1, positions), STEP));
    this.free.splice(this.free.indexOf(found), 1);
    found.truncate(0);
    return found;
  }

  release(cache: KVCache): void {
    this.free.push(cache);
  }
}
