import { type GPT, type LoadOptions, loadModel } from "../../src/index";

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

/** What a trace has under a name. */
export function found<R>(trace: { activations: Record<string, R> }, name: string): R {
  const recorded = trace.activations[name];
  if (!recorded) throw new Error(`the trace has no ${name}`);
  return recorded;
}
