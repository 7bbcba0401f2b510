import { exp } from "./exp";
import { load_part, madd, store_part } from "./lanes";

/**
 * GELU by tanh, what GPT-2 was trained with:
 *
 *   out[i] = x/2 (1 + tanh(u)) = x / (1 + exp(-2u)),   u = √(2/π) (x + 0.044715 x³)
 *
 * out, x f32 · out may be x. Owns elements begin..end. Error ≤ 3e-7 |x|; x and 0 beyond the exponential's range, no NaN up to |x| = 1e30.
 * Hendrycks, Gimpel 2016, arXiv:1606.08415, section 2.
 */
export function gelu_tanh(out: usize, x: usize, begin: i32, end: i32): void {
  const bytes = <usize>(end - begin) << 2, left = bytes & 12, whole = bytes - left;
  out += <usize>begin << 2;
  x += <usize>begin << 2;
  for (let i: usize = 0; i < whole; i += 16) v128.store(out + i, by_tanh(v128.load(x + i)));
  store_part(out + whole, by_tanh(load_part(x + whole, left)), left);
}

// @ts-ignore: decorator
@inline function by_tanh(x: v128): v128 {
  // -2 √(2/π) = -1.5957691, times 0.044715 = -0.071354816
  const minus2u = f32x4.mul(x, madd(f32x4.mul(x, x), f32x4.splat(-0.071354816), f32x4.splat(-1.5957691)));
  return f32x4.div(x, f32x4.add(f32x4.splat(1), exp(minus2u)));
}

/**
 * GELU by the normal distribution's own function:
 *
 *   out[i] = x Φ(x) = max(x, 0) - |x| Φ(-|x|),   Φ(-a) = exp(-a²/2) · (c1 t + … + c8 t⁸),   t = 1 / (1 + 0.3 a)
 *
 * No cancellation in the tail, unlike 1 + erf. The form is Abramowitz, Stegun 7.1.26 with more terms; the minimax polynomial is off by
 * 8.3e-8 of Φ(-a) for a ≤ 12.
 *
 * out, x f32 · out may be x. Owns elements begin..end. Error ≤ 3e-7 |x|; x and 0 far out, no NaN up to |x| = 1e30.
 * Hendrycks, Gimpel 2016, arXiv:1606.08415, eq. 1.
 */
export function gelu_erf(out: usize, x: usize, begin: i32, end: i32): void {
  const bytes = <usize>(end - begin) << 2, left = bytes & 12, whole = bytes - left;
  out += <usize>begin << 2;
  x += <usize>begin << 2;
  for (let i: usize = 0; i < whole; i += 16) v128.store(out + i, by_erf(v128.load(x + i)));
  store_part(out + whole, by_erf(load_part(x + whole, left)), left);
}

// @ts-ignore: decorator
@inline function by_erf(x: v128): v128 {
  const one = f32x4.splat(1), a = f32x4.abs(x);
  const t = f32x4.div(one, madd(a, f32x4.splat(0.3), one));
  let sum = madd(t, f32x4.splat(0.0367418076), f32x4.splat(-0.161680356));
  sum = madd(sum, t, f32x4.splat(0.214134792));
  sum = madd(sum, t, f32x4.splat(-0.0609217424));
  sum = madd(sum, t, f32x4.splat(0.13244113));
  sum = madd(sum, t, f32x4.splat(0.0987189408));
  sum = madd(sum, t, f32x4.splat(0.120949115));
  sum = madd(sum, t, f32x4.splat(0.119616271));
  const tail = f32x4.mul(f32x4.mul(sum, t), exp(f32x4.mul(f32x4.mul(a, a), f32x4.splat(-0.5)))); // Φ(-a)
  return f32x4.sub(f32x4.pmax(x, f32x4.splat(0)), f32x4.mul(a, tail));
}
