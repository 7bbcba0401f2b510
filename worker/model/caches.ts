import type { CacheFormatName } from "../protocol";
import type { Arena } from "../wasm/arena";
import type { GPTConfig } from "./config";
import { KVCache } from "./kv-cache";

/** Key-value caches, used again and again: WebAssembly memory that was taken can't be given back. */
export class Caches {
  private readonly free: KVCache[] = [];

  constructor(
    private readonly config: GPTConfig,
    private readonly format: CacheFormatName,
    private readonly arena: Arena,
  ) {}

  /** An empty cache. */
  acquire(): KVCache {
    const cache = this.free.pop() ?? new KVCache(this.config, this.format, this.arena);
    cache.truncate(0);
    return cache;
  }

  release(cache: KVCache): void {
    this.free.push(cache);
  }
}
