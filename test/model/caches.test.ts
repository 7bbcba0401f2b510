import { expect, test, vi } from "vitest";
import type { Machine } from "../../worker/machine/assemble";
import { Caches } from "../../worker/model/caches";
import { completeConfig } from "../../worker/model/config";
import { type KVCache, savedBytes } from "../../worker/model/kv-cache";
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

test.each([1, 63, 64, 65, 200])(
  "a copy and a restored cache hold the same %i positions, whatever their capacity",
  (positions) => {
    const [headDim, bytes] = [20, 2]; // three panels, the last of which is half empty
    const wide = completeConfig({ vocabSize: 9, contextLength: 1000, embDim: 40, nHeads: 2, nLayers: 2 });
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), 4096);
    const caches = new Caches(wide, "f16", arena);
    const [full, copy, restored] = [300, 200, 1000].map((capacity) => caches.acquire(capacity)) as [
      KVCache,
      KVCache,
      KVCache,
    ];
    const memory = arena.u8(full.begin, full.bytes);
    for (let i = 0; i < memory.length; i++) memory[i] = Math.imul(i, 0x9e3779b1) >>> 24;

    /** The keys and values of each position in turn, by where the kernels look for them. */
    const seen = (cache: KVCache) =>
      [0, 1].flatMap((n) => {
        const { keys, values, capacity } = cache.layer(n);
        const at = (address: number) => [...arena.u8(address, bytes)];
        return [0, 1].flatMap((h) =>
          Array.from({ length: positions * headDim }, (_, j) => {
            const [s, i] = [Math.floor(j / headDim), j % headDim];
            const key = h * capacity * headDim + ((s >> 3) * headDim + i) * 8 + (s & 7);
            const value = h * capacity * 24 + (((s >> 6) * 3 + (i >> 3)) * 64 + (s & 63)) * 8 + (i & 7);
            return [...at(keys + key * bytes), ...at(values + value * bytes)];
          }),
        );
      });

    full.advance(positions);
    copy.copyFrom(full);
    const saved = full.save();
    expect(saved.length).toBe(savedBytes(wide, "f16", positions));
    restored.restore(saved, positions);
    for (const cache of [copy, restored]) {
      expect(cache.length).toBe(positions);
      expect(seen(cache)).toEqual(seen(full));
    }
  },
);
