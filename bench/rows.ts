import type { Binary, Call } from "./thread";

/** Work for each of some threads, and how much it is in all: bytes read, operations done or elements made. */
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

const MB = 2 ** 20;
const [ZEROS, X, SCALES, OUT, BIAS, WEIGHTS] = [MB / 2, 1 * MB, 12 * MB, 16 * MB, 40 * MB, 64 * MB] as const;

// The 124M shape.
const { embDim, nLayers, nHeads, vocabSize } = { embDim: 768, nLayers: 12, nHeads: 12, vocabSize: 50257 };
const headDim = embDim / nHeads;
const innerDim = 4 * embDim;

type Matrix = [N: number, K: number];
const block: Matrix[] = [
  [3 * embDim, embDim],
  [embDim, embDim],
  [innerDim, embDim],
  [embDim, innerDim],
];
const blocks: Matrix[] = Array.from({ length: nLayers }, () => block).flat();
const all: Matrix[] = [...blocks, [vocabSize, embDim]];

const panelsOf = (N: number) => Math.ceil(N / 8);
const weightsOf = (matrices: Matrix[]) => matrices.reduce((sum, [N, K]) => sum + panelsOf(N) * 8 * K, 0);

const share = (n: number, thread: number, threads: number): [number, number] => [
  Math.floor((n * thread) / threads),
  Math.floor((n * (thread + 1)) / threads),
];

/** Four streams over the thread's share, 1.2 MB of each a call; an odd number of those apart, since powers of two share cache sets. */
function read(bytes: number): Row["calls"] {
  return (thread, threads) => {
    const piece = 12 * 1024 * 99;
    const pieces = Math.floor(bytes / threads / 4 / piece / 2) * 2 + 1;
    const from = WEIGHTS + thread * (bytes / threads);
    return Array.from({ length: pieces }, (_, i): Call => ["read", from + i * piece, pieces * piece, piece]);
  };
}

/** 4 million steps, 100,000 a call. */
function steps(kernel: string, ...args: number[]): Row["calls"] {
  return (_, threads) => Array.from({ length: 40 / threads }, (): Call => [kernel, 1e5, ...args]);
}

interface Format {
  name: string;
  bytesPerWeight: number;
  inputs: number[];
  read: string;
  peak: string;
}

/** q8_0_i16 and q4_0_i16 are what engines run whose relaxed dot saturates; the plain binary has no others. */
const formats: Record<"relaxed" | "simd", Format[]> = { relaxed: [], simd: [] };
for (const [name, bytesPerWeight, inputs] of [
  ["f32", 4, [X]],
  ["f16", 2, [X]],
  ["q8_0", 272 / 256, [X, SCALES]],
  ["q8_0_fine", 272 / 256, [X, SCALES]],
  ["q8_0_i16", 272 / 256, [X, SCALES]],
  ["q4_0", 144 / 256, [X, SCALES]],
  ["q4_0_i16", 144 / 256, [X, SCALES]],
] as const) {
  const limits =
    inputs.length > 1 ? { read: "read 128 MB", peak: "relaxed dot" } : { read: "read 512 MB", peak: "fma" };
  const format = { name, bytesPerWeight, inputs: [...inputs], ...limits };
  formats.relaxed.push(format);
  if (!/_(i16|fine)$/.test(name)) formats.simd.push(format);
}

/** Calls of a millisecond or so: 96 panels for few rows, 12 for many. */
function products({ name, bytesPerWeight, inputs }: Format, matrices: Matrix[], T: number): Row["calls"] {
  return (thread, threads) => {
    let w = WEIGHTS;
    return matrices.flatMap(([N, K]) => {
      const [from, to] = share(panelsOf(N), thread, threads);
      const pieces = Math.ceil((to - from) / (T > 8 ? 12 : 96));
      const calls = Array.from({ length: pieces }, (_, i): Call => {
        const [begin, end] = share(to - from, i, pieces);
        return [`matmul_${name}`, OUT, ...inputs, w, BIAS, T, N, K, from + begin, from + end];
      });
      w += panelsOf(N) * 8 * K * bytesPerWeight;
      return calls;
    });
  };
}

function productRows(format: Format, binary: Binary): Row[] {
  const { name, bytesPerWeight, read, peak } = format;
  const bytes = weightsOf(all) * bytesPerWeight;
  const row = (what: string, T: number): Row =>
    T < 9
      ? { ...named(what), work: bytes, unit: "GB/s", limit: read, calls: products(format, all, T) }
      : {
          ...named(what),
          work: 2 * weightsOf(blocks) * T,
          unit: "Gop/s",
          limit: peak,
          calls: products(format, blocks, T),
        };
  const named = (what: string) => ({ name: `${what}, ${name}, ${binary}`, binary });
  return [row("decode", 1), row("4 rows", 4), row("prefill 16 rows", 16), row("prefill 128 rows", 128)];
}

/** Bytes of an element of the cache. */
const caches = { f32: 4, f16: 2 };
type Cache = keyof typeof caches;

/** All layers, each with its own cache, T rows after `position` others; a head a call, of single rows four as the kernel takes them. */
function attention(cache: Cache, T: number, position: number): Row["calls"] {
  const capacity = Math.ceil((position + T) / 64) * 64;
  const bytes = capacity * embDim * caches[cache];
  const sizes = [T, nHeads, nHeads, headDim, capacity, position, headDim ** -0.5];
  return (thread, threads) => {
    const [from, to] = share(nHeads, thread, threads);
    const abreast = T === 1 ? 4 : 1;
    const calls = Math.ceil((to - from) / abreast);
    return Array.from({ length: nLayers * calls }, (_, i): Call => {
      const keys = WEIGHTS + 2 * Math.floor(i / calls) * bytes;
      const h = from + (i % calls) * abreast;
      const range = [h, Math.min(h + abreast, to)];
      return [`attention_${cache}`, OUT, OUT + 8 * MB, X, 3 * embDim, keys, keys + bytes, ...sizes, ...range];
    });
  };
}

function attentionRows(cache: Cache, binary: Binary): Row[] {
  const read = 1001 * 2 * embDim * caches[cache] * nLayers;
  const done = ((512 * 513) / 2) * 4 * embDim * nLayers;
  const named = (what: string) => ({ name: `attention ${what}, ${cache} cache, ${binary}`, binary });
  return [
    { ...named("1 row at 1000"), work: read, unit: "GB/s", limit: "read 128 MB", calls: attention(cache, 1, 1000) },
    { ...named("512 rows at 0"), work: done, unit: "Gop/s", limit: "fma", calls: attention(cache, 512, 0) },
  ];
}

/** What makes `elements` of something in 20 calls, over `size` of its ranges. */
function glue(name: string, elements: number, size: number, call: (begin: number, end: number) => Call): Row {
  const calls: Row["calls"] = (thread, threads) => {
    return Array.from({ length: 20 }, () => call(...share(size, thread, threads)));
  };
  return { name, binary: "relaxed", work: 20 * elements, unit: "ns", batch: 10, calls };
}

const T = 64;
const n = T * innerDim;
const positions = 512;

export const rows: Row[] = [
  { name: "read 512 MB", binary: "limits", work: 512 * MB, unit: "GB/s", calls: read(512 * MB) },
  { name: "read 128 MB", binary: "limits", work: 128 * MB, unit: "GB/s", calls: read(128 * MB) },
  { name: "fma", binary: "limits", work: 96 * 4e6, unit: "Gop/s", calls: steps("fma", 0.5, 1) },
  { name: "mul + add", binary: "limits", work: 96 * 4e6, unit: "Gop/s", calls: steps("mul_add", 0.5, 1) },
  { name: "relaxed dot", binary: "limits", work: 384 * 4e6, unit: "Gop/s", calls: steps("dot", 1) },
  ...(["relaxed", "simd"] as const).flatMap((binary) => [
    ...formats[binary].flatMap((format) => productRows(format, binary)),
    ...attentionRows("f32", binary),
    ...attentionRows("f16", binary),
  ]),
  glue("layer_norm", n, 4 * T, (a, b) => ["layer_norm", OUT, SCALES, X, embDim, 1e-5, a, b]),
  glue("scale_shift", n, 4 * T, (a, b) => ["scale_shift", OUT, X, BIAS, BIAS, embDim, a, b]),
  glue("add", n, n, (a, b) => ["add", OUT, X, BIAS, a, b]),
  glue("gelu_tanh", n, n, (a, b) => ["gelu_tanh", OUT, X, a, b]),
  glue("gelu_erf", n, n, (a, b) => ["gelu_erf", OUT, X, a, b]),
  glue("silu_mul", n, n, (a, b) => ["silu_mul", OUT, X, X, a, b]),
  glue("rms_norm", n, 4 * T, (a, b) => ["rms_norm", OUT, SCALES, X, embDim, 1e-5, a, b]),
  glue("relu", n, n, (a, b) => ["relu", OUT, X, a, b]),
  glue("softmax of 1000", 192_000, 192, (a, b) => ["softmax", OUT, X, 1000, a, b]),
  glue("log_sum_exp", vocabSize, 1, () => ["log_sum_exp", X, vocabSize]),
  glue("block_max", vocabSize, 1, () => ["block_max", OUT, X, vocabSize]),
  glue("block_sum_exp", vocabSize, 1, () => ["block_sum_exp", OUT, X, vocabSize, 1, 1]),
  glue("block_moments", vocabSize, 1, () => ["block_moments", OUT, OUT + 4 * vocabSize, X, vocabSize, 1, 1]),
  ...(["f32", "f16"] as const).map((cache) =>
    glue(`attention_scores_${cache}`, nHeads * T * positions, nHeads, (a, b) => {
      const sizes = [T, nHeads, nHeads, headDim, positions, positions - T, headDim ** -0.5];
      return [`attention_scores_${cache}`, OUT, X, 3 * embDim, WEIGHTS, ...sizes, a, b];
    }),
  ),
  glue("attention_pattern", nHeads * T * positions, nHeads, (a, b) => {
    return ["attention_pattern", OUT, X, T, positions - T, a, b];
  }),
  ...(["f32", "f16"] as const).map((cache) =>
    glue(`attention_mix_${cache}`, nHeads * T * positions, nHeads, (a, b) => {
      return [`attention_mix_${cache}`, OUT, X, WEIGHTS, T, nHeads, nHeads, headDim, positions, positions - T, a, b];
    }),
  ),
  ...["quantize", "quantize_fine", "quantize_i16"].map((kernel) =>
    glue(kernel, n, 4 * T, (a, b) => [kernel, OUT, SCALES, X, embDim, 0, a, b]),
  ),
  ...["kv_store_f32", "kv_store_f16"].map((kernel) =>
    glue(kernel, 2 * T * embDim, nHeads, (a, b) => {
      return [kernel, OUT, BIAS, X, X + embDim * 4, 3 * embDim, T, headDim, 1024, 0, a, b];
    }),
  ),
  ...["f32", "f16", "q8_0", "q8_0_i16", "q4_0"].flatMap((format) =>
    [
      { file: "[out, in]", strides: [embDim * 4, 4] },
      { file: "[in, out]", strides: [4, innerDim * 4] },
    ].map(({ file, strides }) =>
      glue(`pack_${format} ${file}`, innerDim * embDim, panelsOf(innerDim), (a, b) => {
        return [`pack_${format}`, OUT, X, ...strides, innerDim, embDim, 8 * a, 8 * b, 0, embDim, 0];
      }),
    ),
  ),
  glue("fill_normal", n, n / 2, (a, b) => ["fill_normal", OUT + 8 * a, 1n, 0.02, 2 * a, 2 * (b - a)]),
  ...["f32", "f16", "q8_0", "q8_0_i16", "q4_0"].map((format) =>
    glue(`rows_${format}`, T * embDim, T, (a, b) => [`rows_${format}`, OUT, ZEROS, WEIGHTS, embDim, 0, a, b]),
  ),
  ...["repack_q8_0", "repack_q8_0_i16", "repack_q4_0"].map((kernel) =>
    glue(kernel, innerDim * embDim, panelsOf(innerDim), (a, b) => {
      return [kernel, OUT, X + a * embDim * 8, embDim, 8 * a, 8 * b, 0];
    }),
  ),
  glue("max_abs", n, n, (a, b) => ["max_abs", X + 4 * a, b - a]),
  ...["widen_f16", "widen_bf16", "widen_q8_0", "widen_q4_0"].map((kernel) =>
    glue(kernel, n, n / 32, (a, b) => [kernel, OUT + 128 * a, X + 64 * a, 32 * (b - a)]),
  ),
];
