// What this machine's WebAssembly can do at most, for the kernels to be held against. Built with relaxed SIMD.

/**
 * Reads `bytes` of each of four streams that start `apart` bytes from each other, a cache line of each in turn; the result keeps the
 * loads alive. bytes % 64 == 0. Like the others here it is called many times for a little: only a new call enters optimised code.
 */
export function read(p: usize, apart: usize, bytes: usize): i32 {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (let p0 = p, last = p + bytes; p0 < last; p0 += 64) {
    const p1 = p0 + apart, p2 = p1 + apart, p3 = p2 + apart;
    a = line(p0, a);
    b = line(p1, b);
    c = line(p2, c);
    d = line(p3, d);
  }
  return v128.any_true(v128.or(v128.or(a, b), v128.or(c, d))) ? 1 : 0;
}

// @ts-ignore: decorator
@inline function line(p: usize, seen: v128): v128 {
  return v128.or(v128.or(v128.or(v128.load(p), v128.load(p, 16)), v128.or(v128.load(p, 32), v128.load(p, 48))), seen);
}

/** 12 independent chains of x = x b + c, as in the widest register tile: 96 floating-point operations a step. */
export function fma(steps: i32, b: f32, c: f32): f32 {
  const vb = f32x4.splat(b), vc = f32x4.splat(c);
  let x0 = f32x4.splat(0), x1 = f32x4.splat(1), x2 = f32x4.splat(2), x3 = f32x4.splat(3), x4 = f32x4.splat(4), x5 = f32x4.splat(5);
  let x6 = f32x4.splat(6), x7 = f32x4.splat(7), x8 = f32x4.splat(8), x9 = f32x4.splat(9), xa = f32x4.splat(10), xb = f32x4.splat(11);
  for (let i = 0; i < steps; i++) {
    x0 = f32x4.relaxed_madd(x0, vb, vc);
    x1 = f32x4.relaxed_madd(x1, vb, vc);
    x2 = f32x4.relaxed_madd(x2, vb, vc);
    x3 = f32x4.relaxed_madd(x3, vb, vc);
    x4 = f32x4.relaxed_madd(x4, vb, vc);
    x5 = f32x4.relaxed_madd(x5, vb, vc);
    x6 = f32x4.relaxed_madd(x6, vb, vc);
    x7 = f32x4.relaxed_madd(x7, vb, vc);
    x8 = f32x4.relaxed_madd(x8, vb, vc);
    x9 = f32x4.relaxed_madd(x9, vb, vc);
    xa = f32x4.relaxed_madd(xa, vb, vc);
    xb = f32x4.relaxed_madd(xb, vb, vc);
  }
  return lane0(x0, x1, x2, x3, x4, x5) + lane0(x6, x7, x8, x9, xa, xb);
}

/** The same without the fused instruction: what a binary of plain SIMD can reach. 96 operations a step. */
export function mul_add(steps: i32, b: f32, c: f32): f32 {
  const vb = f32x4.splat(b), vc = f32x4.splat(c);
  let x0 = f32x4.splat(0), x1 = f32x4.splat(1), x2 = f32x4.splat(2), x3 = f32x4.splat(3), x4 = f32x4.splat(4), x5 = f32x4.splat(5);
  let x6 = f32x4.splat(6), x7 = f32x4.splat(7), x8 = f32x4.splat(8), x9 = f32x4.splat(9), xa = f32x4.splat(10), xb = f32x4.splat(11);
  for (let i = 0; i < steps; i++) {
    x0 = f32x4.add(f32x4.mul(x0, vb), vc);
    x1 = f32x4.add(f32x4.mul(x1, vb), vc);
    x2 = f32x4.add(f32x4.mul(x2, vb), vc);
    x3 = f32x4.add(f32x4.mul(x3, vb), vc);
    x4 = f32x4.add(f32x4.mul(x4, vb), vc);
    x5 = f32x4.add(f32x4.mul(x5, vb), vc);
    x6 = f32x4.add(f32x4.mul(x6, vb), vc);
    x7 = f32x4.add(f32x4.mul(x7, vb), vc);
    x8 = f32x4.add(f32x4.mul(x8, vb), vc);
    x9 = f32x4.add(f32x4.mul(x9, vb), vc);
    xa = f32x4.add(f32x4.mul(xa, vb), vc);
    xb = f32x4.add(f32x4.mul(xb, vb), vc);
  }
  return lane0(x0, x1, x2, x3, x4, x5) + lane0(x6, x7, x8, x9, xa, xb);
}

/** 12 chains of x = dot(x, w) + x on int8: 384 integer operations a step. */
export function dot(steps: i32, start: i32): i32 {
  const w = i8x16.splat(1);
  let x0 = i32x4.splat(start), x1 = i32x4.splat(start + 1), x2 = i32x4.splat(start + 2), x3 = i32x4.splat(start + 3);
  let x4 = i32x4.splat(start + 4), x5 = i32x4.splat(start + 5), x6 = i32x4.splat(start + 6), x7 = i32x4.splat(start + 7);
  let x8 = i32x4.splat(start + 8), x9 = i32x4.splat(start + 9), xa = i32x4.splat(start + 10), xb = i32x4.splat(start + 11);
  for (let i = 0; i < steps; i++) {
    x0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x0, w, x0);
    x1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x1, w, x1);
    x2 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x2, w, x2);
    x3 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x3, w, x3);
    x4 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x4, w, x4);
    x5 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x5, w, x5);
    x6 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x6, w, x6);
    x7 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x7, w, x7);
    x8 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x8, w, x8);
    x9 = i32x4.relaxed_dot_i8x16_i7x16_add_s(x9, w, x9);
    xa = i32x4.relaxed_dot_i8x16_i7x16_add_s(xa, w, xa);
    xb = i32x4.relaxed_dot_i8x16_i7x16_add_s(xb, w, xb);
  }
  const all = v128.xor(v128.xor(v128.xor(x0, x1), v128.xor(x2, x3)), v128.xor(v128.xor(x4, x5), v128.xor(x6, x7)));
  return i32x4.extract_lane(v128.xor(all, v128.xor(v128.xor(x8, x9), v128.xor(xa, xb))), 0);
}

// @ts-ignore: decorator
@inline function lane0(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128): f32 {
  return f32x4.extract_lane(f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f)), 0);
}
