import { six_exponent_bits } from "./pack_q8_0";
import { column, store_quad, w_block } from "./quant_lanes";

/**
 * Blocks as a GGUF file holds them → the same numbers in our panels (pack_q8_0.ts, pack_q4_0.ts); nothing is rounded.
 *
 *   file, a block of 32 inputs of an output     | scale f16 | 32 int8, or 16 bytes: input k low, k + 16 high |
 *
 * W [n1 - n0, K] blocks at src · dst: the whole tensor · n0 % 8 == 0; n1 % 8 == 0 or n1 == N · K % 32 == 0 · zero as for pack_q8_0.
 * Gives 1; or 0 where a block holds what a panel does not: a scale that is infinite, NaN or, in q8_0, negative, or a q of -128. The
 * caller then packs the values instead.
 */
export function repack_q8_0(dst: usize, src: usize, K: i32, n0: i32, n1: i32, zero: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD) return repack<i8, i8>(dst, src, K, n0, n1, zero);
  return repack<i8, i16>(dst, src, K, n0, n1, zero);
}

/** The same for matmul_q8_0_i16, with zero = 0. */
export function repack_q8_0_i16(dst: usize, src: usize, K: i32, n0: i32, n1: i32, zero: i32): i32 {
  return repack<i8, i16>(dst, src, K, n0, n1, zero);
}

/** zero is not used. */
export function repack_q4_0(dst: usize, src: usize, K: i32, n0: i32, n1: i32, zero: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD) return repack<u8, i8>(dst, src, K, n0, n1, 0);
  return repack<u8, i16>(dst, src, K, n0, n1, 0);
}

/** W is i8 for q8_0 and u8 for q4_0, X as in quant_lanes.ts. */
function repack<W, X>(dst: usize, src: usize, K: i32, n0: i32, n1: i32, zero: i32): i32 {
  const quants: usize = isSigned<W>() ? 32 : 16, rowBytes = <usize>(K >> 5) * (quants + 2), blockBytes = w_block<W>() + 16;
  const flip = i8x16.splat(<i8>zero), sign = i32x4.splat(isSigned<W>() ? 0 : 0x8000);
  let refused = i32x4.splat(0);
  dst += <usize>(n0 >> 3) * <usize>(K >> 5) * blockBytes;
  for (let n = n0; n < n1; n += 8) {
    const left = n1 - n, row = src + <usize>(n - n0) * rowBytes;
    for (let from = row, end = row + rowBytes; from < end; from += quants + 2, dst += blockBytes) {
      const far = from + 4 * rowBytes, low = scale4(from, rowBytes, left), high = scale4(far, rowBytes, left - 4);
      for (let i: usize = 0; i < quants; i += 4) {
        const a = quad4<W>(from + 2 + i, rowBytes, left, low), b = quad4<W>(far + 2 + i, rowBytes, left - 4, high);
        if (isSigned<W>()) refused = v128.or(refused, v128.or(unpaired(a), unpaired(b)));
        store_quad<W, X>(dst + (i << 3), v128.xor(a, flip), v128.xor(b, flip));
      }
      refused = v128.or(refused, v128.or(unscaled(low, sign), unscaled(high, sign)));
      v128.store(dst + w_block<W>(), i16x8.narrow_i32x4_u(stored<W>(low), stored<W>(high)));
    }
  }
  return i32(!v128.any_true(refused));
}

/** The f16 scales of four outputs, of which `left` are in the matrix. */
// @ts-ignore: decorator
@inline function scale4(p: usize, rowBytes: usize, left: i32): v128 {
  return v128.and(column(p, rowBytes, left), i32x4.splat(0xffff));
}

/**
 * Four bytes of four outputs. In q8_0 they are 0 where the scale is: the stored scale has no 0 of its own. In q4_0, outputs that are not in
 * the matrix are 8, which is 0.
 */
// @ts-ignore: decorator
@inline function quad4<W>(p: usize, rowBytes: usize, left: i32, scale: v128): v128 {
  const bytes = column(p, rowBytes, left);
  if (isSigned<W>()) return v128.and(bytes, i32x4.ne(scale, i32x4.splat(0)));
  return left >= 4 ? bytes : v128.bitselect(bytes, i8x16.splat(<i8>0x88), i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3)));
}

/** Where a byte is -128, which has no positive counterpart and would overrun the products' sums. */
// @ts-ignore: decorator
@inline function unpaired(bytes: v128): v128 {
  return i8x16.eq(bytes, i8x16.splat(-128));
}

/** Where a scale, but for the bits of `sign`, is no finite number from 0 on. */
// @ts-ignore: decorator
@inline function unscaled(scale: v128, sign: v128): v128 {
  return i32x4.ge_s(v128.andnot(scale, sign), i32x4.splat(0x7c00));
}

// @ts-ignore: decorator
@inline function stored<W>(scale: v128): v128 {
  return isSigned<W>() ? six_exponent_bits(scale) : scale;
}
