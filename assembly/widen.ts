import { halves } from "./lanes";

/**
 * f16 as in a checkpoint → f32, exact: subnormals, infinities and NaNs (with their payload) too.
 *
 *   s eeeee mmmmmmmmmm => s 000eeeee mmmmmmmmmm000… · 2^112, or s 11111111 mmmmmmmmmm000… where eeeee is all ones
 *
 * out [n] f32 · src [n] f16, any alignment.
 */
export function widen_f16(out: usize, src: usize, n: i32): void {
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) v128.store(out + (<usize>i << 2), from_f16(v128.load_ext<i16>(src + (<usize>i << 1))));
  for (let i = whole; i < n; i++) {
    v128.store_lane<f32>(out + (<usize>i << 2), from_f16(i32x4.splat(load<i16>(src + (<usize>i << 1)))), 0);
  }
}

function from_f16(bits: v128): v128 {
  const exponent = i32x4.splat(0x7c00), special = i32x4.eq(v128.and(bits, exponent), exponent);
  const ones = v128.or(i32x4.shl(bits, 13), i32x4.splat(0x7f800000));
  return v128.bitselect(ones, halves(bits), special);
}

/**
 * bf16 as in a checkpoint → f32, exact: the upper half of the bits.
 *
 * out [n] f32 · src [n] bf16, any alignment.
 */
export function widen_bf16(out: usize, src: usize, n: i32): void {
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) v128.store(out + (<usize>i << 2), i32x4.shl(v128.load_ext<u16>(src + (<usize>i << 1)), 16));
  for (let i = whole; i < n; i++) store<u32>(out + (<usize>i << 2), <u32>load<u16>(src + (<usize>i << 1)) << 16);
}
