/** One thread of the kernel benchmark: times each of a list of kernel calls, all threads starting together. */

export type Binary = "simd" | "relaxed" | "limits";
export type Call = [kernel: string, ...args: (number | bigint)[]];
export type Order =
  | { memory: WebAssembly.Memory; room: number }
  | { binary: Binary; calls: Call[]; batch: number; threads: number; start: number };

const urls: Record<Binary, URL> = {
  simd: new URL("../worker/wasm/kernels.simd.wasm", import.meta.url),
  relaxed: new URL("../worker/wasm/kernels.relaxed.wasm", import.meta.url),
  limits: new URL("./limits.wasm", import.meta.url),
};
const kernels = new Map<Binary, Record<string, (...args: Call[1][]) => number>>();
let clock: Int32Array;

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  if ("memory" in data) {
    for (const [binary, url] of Object.entries(urls)) {
      const { instance } = await WebAssembly.instantiateStreaming(fetch(url), { env: { memory: data.memory } });
      const exports = instance.exports as Record<string, (...args: Call[1][]) => number>;
      exports.set_room?.(data.room);
      kernels.set(binary as Binary, exports);
    }
    clock = new Int32Array(data.memory.buffer, 0, 1);
    postMessage(new Float64Array());
  } else {
    const exports = kernels.get(data.binary) as Record<string, (...args: Call[1][]) => number>;
    const list = data.calls.map(([name, ...args]) => [exports[name] as (...args: Call[1][]) => number, args] as const);
    Atomics.add(clock, 0, 1);
    while (Atomics.load(clock, 0) < data.start + data.threads);
    const times = new Float64Array(Math.ceil(list.length / data.batch));
    for (let i = 0; i < times.length; i++) {
      const begin = performance.now();
      for (const [kernel, args] of list.slice(i * data.batch, (i + 1) * data.batch)) kernel(...args);
      times[i] = performance.now() - begin;
    }
    postMessage(times);
  }
};
