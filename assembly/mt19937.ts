import { cos_turn, ln, quarter, sin_turn } from "./elementary";

/**
 * PyTorch's generator on the CPU, so that `torch.manual_seed` has its weights here too: mt19937 (Matsumoto, Nishimura 1998), and what
 * ATen/native/cpu/DistributionTemplates.h and ATen/core/DistributionsHelper.h make of its 32-bit numbers. The state, 2512 bytes:
 *
 *   byte   0                  2496          2500          2504          2512
 *          | 624 u32          | used: i32   | kept? i32   | kept: f64   |
 */
// @ts-ignore: decorator
@inline const WORDS: usize = 624;
// @ts-ignore: decorator
@inline const USED: usize = 2496;
// @ts-ignore: decorator
@inline const HAS_KEPT: usize = 2500;
// @ts-ignore: decorator
@inline const KEPT: usize = 2504;

/** Starts the state as torch.manual_seed(seed) does; seed is taken as unsigned. */
export function mt_seed(state: usize, seed: i32): void {
  let word = <u32>seed;
  for (let i: usize = 0; i < WORDS; i++) {
    store<u32>(state + (i << 2), word);
    word = 1812433253 * (word ^ (word >> 30)) + <u32>i + 1;
  }
  store<i32>(state + USED, <i32>WORDS);
  store<i32>(state + HAS_KEPT, 0);
}

/**
 * tensor.uniform_(low, high): out[i] = (the low 24 bits of a draw / 2^24) * (high - low) + low, high - low and the sum rounded to f32; the
 * product is exact, as PyTorch's fused one is on x86 and ARM.
 *
 * out [n] f32 · state from mt_seed.
 */
export function mt_uniform(out: usize, state: usize, n: i32, low: f32, high: f32): void {
  const range = <f64>(high - low);
  for (let i = 0; i < n; i++) {
    store<f32>(out + (<usize>i << 2), <f32>(<f64>(draw(state) & 0xffffff) * 5.9604644775390625e-8 * range + <f64>low));
  }
}

/**
 * tensor.normal_(mean, std). Below 16 elements one pair at a time, whose second number is kept for the next such call; else n uniforms,
 * and each 16 of them in place (Box and Muller 1958):
 *
 *   u1 = 1 - first eight, u2 = last eight:   √(-2 ln u1) cos(2π u2) in the first eight places, √(-2 ln u1) sin(2π u2) in the last
 *
 * Where n is no multiple of 16, the last 16 places are drawn once more. In f64, rounded at the end; PyTorch computes blocks in f32: within 2e-6 std.
 *
 * out [n] f32 · state from mt_seed.
 */
export function mt_normal(out: usize, state: usize, n: i32, mean: f32, std: f32): void {
  if (n < 16) {
    for (let i = 0; i < n; i++) store<f32>(out + (<usize>i << 2), <f32>(one_normal(state) * std + mean));
    return;
  }
  mt_uniform(out, state, n, 0, 1);
  for (let i = 0; i + 16 <= n; i += 16) normal_block(out + (<usize>i << 2), mean, std);
  if (n & 15) {
    const last = out + (<usize>(n - 16) << 2);
    mt_uniform(last, state, 16, 0, 1);
    normal_block(last, mean, std);
  }
}

function normal_block(x: usize, mean: f64, std: f64): void {
  for (let i = 0; i < 8; i++, x += 4) {
    const r = std * sqrt<f64>(-2 * ln(1 - <f64>load<f32>(x))), turn = <f64>load<f32>(x, 32), q = quarter(turn);
    store<f32>(x, <f32>(r * cos_turn(turn, q) + mean));
    store<f32>(x, <f32>(r * sin_turn(turn, q) + mean), 32);
  }
}

function one_normal(state: usize): f64 {
  if (load<i32>(state + HAS_KEPT)) {
    store<i32>(state + HAS_KEPT, 0);
    return load<f64>(state + KEPT);
  }
  const turn = draw53(state), r = sqrt<f64>(-2 * ln(1 - draw53(state))), q = quarter(turn);
  store<i32>(state + HAS_KEPT, 1);
  store<f64>(state + KEPT, r * sin_turn(turn, q));
  return r * cos_turn(turn, q);
}

/** The low 53 bits of two draws, as a fraction. */
function draw53(state: usize): f64 {
  const high = <u64>draw(state) << 32;
  return <f64>((high | <u64>draw(state)) & 0x1fffffffffffff) * 1.1102230246251565e-16;
}

function draw(state: usize): u32 {
  let used = load<i32>(state + USED);
  if (used == <i32>WORDS) {
    refill(state);
    used = 0;
  }
  store<i32>(state + USED, used + 1);
  let y = load<u32>(state + (<usize>used << 2));
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

/** The next 624 words: word i from words i, i + 1 and i + 397, those past the end being new ones. */
function refill(state: usize): void {
  for (let i: usize = 0; i < WORDS; i++) {
    const next = state + ((i + 1) % WORDS << 2), far = state + ((i + 397) % WORDS << 2), at = state + (i << 2);
    const y = (load<u32>(at) & 0x80000000) | (load<u32>(next) & 0x7fffffff);
    store<u32>(at, load<u32>(far) ^ (y >> 1) ^ (y & 1 ? 0x9908b0df : 0));
  }
}
