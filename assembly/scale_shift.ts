import { at, load_part, madd, store_part } from "./lanes";

/**
 * The affine half of a norm: out[t,i] = x[t,i] * scale[i] + shift[i], without the shift where its pointer is 0.
 *
 * out, x [T, n] · scale, shift [n] · all f32 · out may be x. Owns rows begin..end. Error ≤ eps (|x · scale| + |out|).
 */
export function scale_shift(out: usize, x: usize, scale: usize, shift: usize, n: i32, begin: i32, end: i32): void {
  const row = <usize>n << 2, left = row & 12, whole = row - left;
  for (let t = begin; t < end; t++) {
    const xt = at(x, t, row), outT = at(out, t, row);
    if (shift) {
      for (let i: usize = 0; i < whole; i += 16) {
        v128.store(outT + i, madd(v128.load(xt + i), v128.load(scale + i), v128.load(shift + i)));
      }
      const scaled = madd(load_part(xt + whole, left), load_part(scale + whole, left), load_part(shift + whole, left));
      store_part(outT + whole, scaled, left);
    } else {
      for (let i: usize = 0; i < whole; i += 16) v128.store(outT + i, f32x4.mul(v128.load(xt + i), v128.load(scale + i)));
      store_part(outT + whole, f32x4.mul(load_part(xt + whole, left), load_part(scale + whole, left)), left);
    }
  }
}
