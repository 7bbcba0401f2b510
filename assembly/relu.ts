import { load_part, store_part } from "./lanes";

/**
 * out[i] = max(x[i], 0)
 *
 * out, x f32 · out may be x. Owns elements begin..end. Exact; NaN stays NaN.
 * Nair, Hinton 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines".
 */
export function relu(out: usize, x: usize, begin: i32, end: i32): void {
  const bytes = <usize>(end - begin) << 2, left = bytes & 12, whole = bytes - left;
  const zero = f32x4.splat(0);
  out += <usize>begin << 2;
  x += <usize>begin << 2;
  for (let i: usize = 0; i < whole; i += 16) v128.store(out + i, f32x4.pmax(v128.load(x + i), zero));
  store_part(out + whole, f32x4.pmax(load_part(x + whole, left), zero), left);
}
