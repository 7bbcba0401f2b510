import { cos_turn, ln, quarter, sin_turn } from "./elementary";

/**
 * Seeded normal numbers, the i-th pair from a counter, so that any part of a tensor can be made alone:
 *
 *   u = mix(base + (i + 1) 0x9E3779B97F4A7C15)        u1 = ((u >> 32) + 1) / 2^32        u2 = (u & 0xffffffff) / 2^32
 *   out[2i] = std r cos(2π u2), out[2i+1] = std r sin(2π u2),  r = √(-2 ln u1)             (Box and Muller 1958)
 *
 * in f64, rounded to f32 at the end. out [count] f32: elements first .. first + count of the tensor, first even.
 * Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", for mix.
 */
export function fill_normal(out: usize, base: i64, std: f64, first: i32, count: i32): void {
  for (let i = 0; i < count; i += 2) {
    const u = mix(<u64>base + (<u64>((first + i) >> 1) + 1) * 0x9e3779b97f4a7c15);
    const r = std * sqrt<f64>(-2 * ln((<f64>(u >> 32) + 1) * 2.3283064365386963e-10));
    const turn = <f64>(<u32>u) * 2.3283064365386963e-10, q = quarter(turn);
    const at = out + (<usize>i << 2);
    store<f32>(at, <f32>(r * cos_turn(turn, q)));
    if (i + 1 < count) store<f32>(at, <f32>(r * sin_turn(turn, q)), 4);
  }
}

/** The finaliser of splitmix64. */
// @ts-ignore: decorator
@inline function mix(z: u64): u64 {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
