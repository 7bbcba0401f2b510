import { expect, test, vi } from "vitest";
import type { Machine } from "../../worker/machine/assemble";
import { Caches } from "../../worker/model/caches";
import { completeConfig } from "../../worker/model/config";
import type { KVCache } from "../../worker/model/kv-cache";
import { Sessions } from "../../worker/sequences/sessions";
import { Arena } from "../../worker/wasm/arena";

const config = completeConfig({ vocabSize: 9, contextLength: 1000, embDim: 16, nHeads: 2, nLayers: 2 });

/** Bytes that runs of several sequences leave taken, each of so many positions, one run after the other. */
function taken(...runs: readonly number[]): number {
  const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), 4096);
  const caches = new Caches(config, "f16", arena);
  for (const positions of runs) {
    const several = Array.from({ length: 15 }, () => caches.acquire(positions));
    for (const cache of several) {
      expect(cache.capacity).toBeGreaterThanOrEqual(positions);
      expect(cache.length).toBe(0);
      cache.advance(positions);
      caches.release(cache);
    }
  }
  return arena.bytes;
}

test("a session takes its cache when it first reads, not to say what its text is", () => {
  const acquire = vi.fn(() => {
    throw new RangeError("no memory");
  });
  const sessions = new Sessions({ config, caches: { acquire } } as unknown as Machine);
  expect(sessions.open(1).ids).toEqual([]);
  expect(sessions.fork(1, 2)).toEqual([]);
  expect(sessions.open(2).saved()).toEqual({ read: [], cache: new Uint8Array() });
  sessions.end(1);
  expect(acquire).not.toHaveBeenCalled();
  expect(() => sessions.open(1).sequence).toThrow("no memory");
});

test("longer and longer runs leave what the longest needs", () => {
  const growing = Array.from({ length: 125 }, (_, i) => 8 * (i + 1));
  expect(taken(...growing)).toBe(taken(1000));
});

test("what is still in use keeps its memory when a larger cache is made of the free ones behind it", () => {
  const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), 4096);
  const caches = new Caches(config, "f16", arena);
  const [first, used, ...free] = Array.from({ length: 4 }, () => caches.acquire(64)) as [KVCache, ...KVCache[]];
  for (const cache of [first, ...free]) caches.release(cache);
  const larger = [caches.acquire(128), caches.acquire(128)];
  expect(larger.map(({ begin }) => begin)).toEqual(
    [used, larger[0]].map((cache) => Number(cache?.begin) + Number(cache?.bytes)),
  );
  expect(caches.acquire(64)).toBe(first);
});

test("a shorter run uses again what a longer one gave back", () => {
  expect(taken(1000, 5, 500, 1000)).toBe(taken(1000));
});

test("of the caches given back the smallest that does is taken, and it is empty", () => {
  const caches = new Caches(config, "f16", new Arena(new WebAssembly.Memory({ initial: 1 }), 4096));
  const [middle, large, small] = [256, 512, 64].map((positions) => caches.acquire(positions));
  for (const cache of [middle, large, small]) {
    cache?.advance(50);
    if (cache) caches.release(cache);
  }
  const found = [65, 10, 100].map((positions) => caches.acquire(positions));
  expect(found).toEqual([middle, small, large]);
  expect(found.map((cache, i) => [cache === [middle, small, large][i], cache.length])).toEqual([
    [true, 0],
    [true, 0],
    [true, 0],
  ]);
});

test("a cache that memory has no room for takes none of it", () => {
  const arena = new Arena(new WebAssembly.Memory({ initial: 1, maximum: 4 }), 4096);
  const caches = new Caches(config, "f32", arena);
  expect(() => caches.acquire(1000)).toThrow("The browser refused to grow the memory");
  expect(arena.bytes).toBe(65536);
  expect(caches.acquire(512).capacity).toBe(512);
});

test("the cache of a session that ends is the next one's", () => {
  const caches = new Caches(config, "f16", new Arena(new WebAssembly.Memory({ initial: 1 }), 4096));
  const sessions = new Sessions({ config, caches } as Machine);
  const { cache } = sessions.open(1).sequence;
  sessions.end(1);
  sessions.end(1);
  expect(sessions.open(2).sequence.cache).toBe(cache);
  expect(sessions.open(3).sequence.cache).not.toBe(cache);
});
