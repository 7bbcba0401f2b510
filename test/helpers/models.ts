import { type FormatName, type GPT, type LoadOptions, loadModel } from "../../src/index";

/** One of the golden checkpoints, in full precision unless said otherwise. */
export function goldenModel(name: string, options: LoadOptions = {}): Promise<GPT> {
  const folder = new URL(`/test/golden/${name}/`, location.href);
  return loadModel(folder, {
    format: "f32",
    cacheFormat: "f32",
    kernels: "simd",
    tokenizer: "huggingface",
    cache: false,
    ...options,
  });
}

/** The largest |a − b|; infinite where one is finite and the other is not. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (Object.is(x, y)) continue;
    const difference = Math.abs(x - y);
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return largest;
}

/** |a − b| / |b|, as vectors. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let length = 0;
  for (let i = 0; i < b.length; i++) {
    const [x = Number.NaN, y = Number.NaN] = [a[i], b[i]];
    difference += (x - y) ** 2;
    length += y ** 2;
  }
  return Math.sqrt(difference / length);
}

/**
 * How far the logits may be from f32's, as a share of their length. A weight is off by a uniform error of one step: 2^-11 of
 * itself in f16, max/127 of its block in q8_0, max/8 in q4_0, where the maximum of 32 normal values is some 2.1 deviations:
 * 0.03 %, 0.5 % and 8 % of a product; embedding, head and each product of the blocks add theirs.
 */
export const FORMAT_BOUND: Record<FormatName, number> = { f32: 0, f16: 2e-3, q8_0: 3e-2, q4_0: 3e-1 };

/** What a trace has under a name. */
export function found<R>(trace: { activations: Record<string, R> }, name: string): R {
  const recorded = trace.activations[name];
  if (!recorded) throw new Error(`the trace has no ${name}`);
  return recorded;
}
