import type { Binary, Call, Order } from "./thread";

/** Work for one thread of `threads`, and how much it is: bytes read, operations done or elements made by all threads. */
export interface Row {
  name: string;
  binary: Binary;
  work: number;
  unit: "GB/s" | "Gop/s" | "ns";
  limit?: string;
  /** Calls that are timed as one, where a call is short. */
  batch?: number;
  calls(thread: number, threads: number): Call[];
}

export interface Result {
  name: string;
  threads: number;
  ms: number;
  rate: number;
  unit: string;
  limit?: string;
  ratio?: number;
}

const MB = 2 ** 20;
const WEIGHTS = 64 * MB;
const [X, OUT, BIAS, IDS] = [1 * MB, 16 * MB, 40 * MB, 41 * MB] as const;
const { embDim, nLayers, nHeads, vocabSize } = { embDim: 768, nLayers: 12, nHeads: 12, vocabSize: 50257 };
const headDim = embDim / nHeads;

/** [N, K] of a block's four products. */
const block: [number, number][] = [
  [3 * embDim, embDim],
  [embDim, embDim],
  [4 * embDim, embDim],
  [embDim, 4 * embDim],
];
const blocks: [number, number][] = Array.from({ length: nLayers }, () => block).flat();

const share = (n: number, thread: number, threads: number): [number, number] => [
  Math.floor((n * thread) / threads),
  Math.floor((n * (thread + 1)) / threads),
];

/** Calls of a millisecond or so: 96 panels for few rows, 12 for many. */
function products(matrices: [number, number][], T: number): Row["calls"] {
  return (thread, threads) => {
    let w = WEIGHTS;
    return matrices.flatMap(([N, K]) => {
      const panels = Math.ceil(N / 8);
      const [from, to] = share(panels, thread, threads);
      const pieces = Math.ceil((to - from) / (T > 8 ? 12 : 96));
      const calls = Array.from({ length: pieces }, (_, i): Call => {
        const [begin, end] = share(to - from, i, pieces);
        return ["matmul_f32", OUT, X, w, BIAS, T, N, K, from + begin, from + end];
      });
      w += panels * 8 * K * 4;
      return calls;
    });
  };
}

/** All layers, each with its own cache, T rows after `position` others; a head a call. */
function attention(T: number, position: number): Row["calls"] {
  const capacity = Math.ceil((position + T) / 8) * 8;
  const cache = capacity * embDim * 4;
  return (thread, threads) => {
    const [from, to] = share(nHeads, thread, threads);
    return Array.from({ length: nLayers * (to - from) }, (_, i): Call => {
      const k = WEIGHTS + 2 * Math.floor(i / (to - from)) * cache;
      const h = from + (i % (to - from));
      return [
        "attention_f32",
        ...[OUT, OUT + 8 * MB, X, 3 * embDim, k, k + cache],
        ...[T, nHeads, nHeads, headDim, capacity, position, headDim ** -0.5, h, h + 1],
      ];
    });
  };
}

const bytesOf = (matrices: [number, number][]) =>
  matrices.reduce((sum, [N, K]) => sum + Math.ceil(N / 8) * 8 * K * 4, 0);
const all: [number, number][] = [...blocks, [vocabSize, embDim]];
const T = 120;
const n = 3072 * 64;
const times = (count: number, call: (begin: number, end: number) => Call, size: number): Row["calls"] => {
  return (thread, threads) => Array.from({ length: count }, () => call(...share(size, thread, threads)));
};
const glue = (name: string, elements: number, size: number, call: (begin: number, end: number) => Call): Row => ({
  name,
  binary: "relaxed",
  work: 20 * elements,
  batch: 10,
  unit: "ns",
  calls: times(20, call, size),
});

/** Four streams over the thread's share, 1.2 MB of each a call; an odd number of those apart, since powers of two share cache sets. */
const read = (bytes: number): Row["calls"] => {
  return (thread, threads) => {
    const piece = 12 * 1024 * 99;
    const pieces = Math.floor(bytes / threads / 4 / piece / 2) * 2 + 1;
    const from = WEIGHTS + thread * (bytes / threads);
    return Array.from({ length: pieces }, (_, i): Call => ["read", from + i * piece, pieces * piece, piece]);
  };
};

/** 4 million steps, 100,000 a call. */
const steps = (name: string, ...args: number[]): Row["calls"] => {
  return (_, threads) => Array.from({ length: 40 / threads }, (): Call => [name, 1e5, ...args]);
};

export const rows: Row[] = [
  { name: "read 512 MB", binary: "limits", work: 512 * MB, unit: "GB/s", calls: read(512 * MB) },
  { name: "read 128 MB", binary: "limits", work: 128 * MB, unit: "GB/s", calls: read(128 * MB) },
  { name: "fma", binary: "limits", work: 96 * 4e6, unit: "Gop/s", calls: steps("fma", 0.5, 1) },
  { name: "mul + add", binary: "limits", work: 96 * 4e6, unit: "Gop/s", calls: steps("mul_add", 0.5, 1) },
  { name: "relaxed dot", binary: "limits", work: 384 * 4e6, unit: "Gop/s", calls: steps("dot", 1) },
  ...(["relaxed", "simd"] as const).flatMap((binary): Row[] => [
    {
      name: `decode f32, ${binary}`,
      binary,
      work: bytesOf(all),
      unit: "GB/s",
      limit: "read 512 MB",
      calls: products(all, 1),
    },
    {
      name: `prefill f32 ${T} rows, ${binary}`,
      binary,
      work: (bytesOf(blocks) / 2) * T,
      unit: "Gop/s",
      limit: "fma",
      calls: products(blocks, T),
    },
    {
      name: `verify f32 4 rows, ${binary}`,
      binary,
      work: bytesOf(all),
      unit: "GB/s",
      limit: "read 512 MB",
      calls: products(all, 4),
    },
    {
      name: `attention 1 row at 1000, ${binary}`,
      binary,
      work: nLayers * 2 * 1001 * embDim * 4,
      unit: "GB/s",
      limit: "read 128 MB",
      calls: attention(1, 1000),
    },
    {
      name: `attention 512 rows at 0, ${binary}`,
      binary,
      work: nLayers * 4 * embDim * ((512 * 513) / 2),
      unit: "Gop/s",
      limit: "fma",
      calls: attention(512, 0),
    },
  ]),
  glue("layer_norm", n, n / embDim, (a, b) => ["layer_norm", OUT, IDS, X, embDim, 1e-5, a, b]),
  glue("scale_shift", n, n / embDim, (a, b) => ["scale_shift", OUT, X, BIAS, BIAS, embDim, a, b]),
  glue("add", n, n, (a, b) => ["add", OUT, OUT, X, a, b]),
  glue("gelu_tanh", n, n, (a, b) => ["gelu_tanh", OUT, X, a, b]),
  glue("gelu_erf", n, n, (a, b) => ["gelu_erf", OUT, X, a, b]),
  glue("silu_mul", n, n, (a, b) => ["silu_mul", OUT, X, X, a, b]),
  glue("softmax of 1000", 192000, 192, (a, b) => ["softmax", OUT, X, 1000, a, b]),
  glue("argmax", vocabSize, 1, () => ["argmax", X, vocabSize]),
  glue("log_sum_exp", vocabSize, 1, () => ["log_sum_exp", X, vocabSize]),
  glue("pack_f32 [out, in]", embDim * 768, 96, (a, b) => [
    "pack_f32",
    OUT,
    X,
    embDim * 4,
    4,
    768,
    embDim,
    8 * a,
    8 * b,
    0,
    embDim,
    0,
  ]),
  glue("pack_f32 [in, out]", embDim * 768, 96, (a, b) => [
    "pack_f32",
    OUT,
    X,
    4,
    768 * 4,
    768,
    embDim,
    8 * a,
    8 * b,
    0,
    embDim,
    0,
  ]),
  glue("widen_f16", n, n, (a, b) => ["widen_f16", OUT, X, b - a]),
];

function thread(memory: WebAssembly.Memory): Promise<(order: Order) => Promise<Float64Array>> {
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
  const ask = (order: Order) =>
    new Promise<Float64Array>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(order);
    });
  return ask({ memory }).then(() => ask);
}

/**
 * Each row's time on `threads` threads: the sum over its calls of the quietest of `rounds`, for the slowest thread. Calls are shorter than
 * the machine's interruptions, so that sum is close to the time of a row left in peace.
 */
export async function measure(threads: number, rounds: number, only: string): Promise<Result[]> {
  const memory = new WebAssembly.Memory({ initial: 640 * 16, maximum: 640 * 16, shared: true });
  const floats = new Float32Array(memory.buffer);
  for (let i = MB / 4; i < 2 * MB; i++) floats[i] = Math.random() - 0.5;
  for (let at = 2 * MB; at < floats.length; at += MB)
    floats.copyWithin(at, MB / 4, Math.min(MB / 4 + MB, MB / 4 + floats.length - at));
  const team = await Promise.all(Array.from({ length: threads }, () => thread(memory)));

  const chosen = rows.filter(({ name }) => new RegExp(only).test(name));
  const limits = new Set(chosen.map(({ limit }) => limit));
  const kept = rows.filter((row) => chosen.includes(row) || limits.has(row.name));
  const quietest = new Map<string, Float64Array[]>();
  let start = 0;
  for (let round = 0; round < rounds; round++) {
    for (const row of kept) {
      new Int32Array(memory.buffer, 0, 1)[0] = start;
      const orders = team.map((ask, t) =>
        ask({ binary: row.binary, calls: row.calls(t, threads), batch: row.batch ?? 1, threads, start }),
      );
      const times = await Promise.all(orders);
      const before = quietest.get(row.name) ?? times;
      quietest.set(
        row.name,
        times.map((list, t) => list.map((ms, i) => Math.min(ms, before[t]?.[i] ?? ms))),
      );
      start += threads;
    }
  }

  const msOf = ({ name }: Row) =>
    Math.max(...(quietest.get(name) ?? []).map((list) => list.reduce((sum, ms) => sum + ms, 0)));
  const rate = (row: Row) => {
    const { work, unit } = row;
    const ms = msOf(row);
    return unit === "ns" ? (ms * 1e6) / work : work / ms / 1e6;
  };
  return kept.map((row) => {
    const limit = rows.find(({ name }) => name === row.limit);
    const result: Result = { name: row.name, threads, ms: msOf(row), rate: rate(row), unit: row.unit };
    return limit ? { ...result, limit: limit.name, ratio: rate(row) / rate(limit) } : result;
  });
}
