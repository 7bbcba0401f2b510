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

/**
 * ggml's Q8_0 → f32, exact: blocks of 32, each an f16 scale and 32 int8.
 *
 * out [n] f32 · src [n / 32 * 34] bytes, any alignment · n % 32 == 0.
 */
export function widen_q8_0(out: usize, src: usize, n: i32): void {
  for (let i = 0; i < n; i += 32, src += 34, out += 128) {
    const scale = from_f16(i32x4.splat(load<i16>(src)));
    for (let j: usize = 0; j < 32; j += 8) scaled(out + (j << 2), scale, v128.load_ext<i8>(src + j, 2));
  }
}

/**
 * ggml's Q4_0 → f32, exact: blocks of 32, each an f16 scale and 16 bytes; the low halves are values 0–15, the high ones 16–31, all 8 too large.
 *
 * out [n] f32 · src [n / 32 * 18] bytes, any alignment · n % 32 == 0.
 */
export function widen_q4_0(out: usize, src: usize, n: i32): void {
  const eight = i16x8.splat(8), low = i16x8.splat(15);
  for (let i = 0; i < n; i += 32, src += 18, out += 128) {
    const scale = from_f16(i32x4.splat(load<i16>(src)));
    for (let j: usize = 0; j < 16; j += 8) {
      const pairs = v128.load_ext<u8>(src + j, 2);
      scaled(out + (j << 2), scale, i16x8.sub(v128.and(pairs, low), eight));
      scaled(out + (j << 2) + 64, scale, i16x8.sub(i16x8.shr_u(pairs, 4), eight));
    }
  }
}

/** Eight int16 times the scale. */
function scaled(out: usize, scale: v128, q: v128): void {
  v128.store(out, f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(q))));
  v128.store(out, f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(q))), 16);
}
