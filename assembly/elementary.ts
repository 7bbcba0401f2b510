/**
 * Functions in f64 from wasm's own arithmetic alone, so that every engine has the same bits. Series are Taylor's.
 */

/**
 * ln x for x normal and positive: x = m 2^e with √½ ≤ m < √2, and
 *
 *   ln x = e ln 2 + 2 atanh s,   s = (m - 1)/(m + 1),   atanh s = s + s³/3 + s⁵/5 + …
 *
 * |s| ≤ 0.1716, so the first term left out is under 4e-14 of the sum. Relative error ≤ 1e-13.
 */
// @ts-ignore: decorator
@inline export function ln(x: f64): f64 {
  const sqrtHalf: u64 = 0x3fe6a09e667f3bcd;
  const bits = reinterpret<u64>(x), e = <i64>(bits - sqrtHalf) >> 52;
  const m = reinterpret<f64>(bits - <u64>(e << 52)), s = (m - 1) / (m + 1), z = s * s;
  const series = 1 / 3.0 + z * (1 / 5.0 + z * (1 / 7.0 + z * (1 / 9.0 + z * (1 / 11.0 + z * (1 / 13.0 + z * (1 / 15.0 + z * (1 / 17.0)))))));
  return <f64>e * 0.6931471805599453 + 2 * (s + s * z * series);
}

/** The quarter turn nearest to a turn's fraction: 0..4. */
// @ts-ignore: decorator
@inline export function quarter(turn: f64): f64 {
  return floor<f64>(turn * 4 + 0.5);
}

/** sin(2π turn), turn within 1/8 of `quarter` quarters: of the rest, or its cosine, with the quarter's sign. Error ≤ 3e-14. */
// @ts-ignore: decorator
@inline export function sin_turn(turn: f64, quarter: f64): f64 {
  const angle = (turn * 4 - quarter) * 1.5707963267948966, q = <i32>quarter;
  const value = q & 1 ? cos_small(angle) : sin_small(angle);
  return q & 2 ? -value : value;
}

/** cos(2π turn), the same. */
// @ts-ignore: decorator
@inline export function cos_turn(turn: f64, quarter: f64): f64 {
  const angle = (turn * 4 - quarter) * 1.5707963267948966, q = <i32>quarter;
  const value = q & 1 ? sin_small(angle) : cos_small(angle);
  return (q + 1) & 2 ? -value : value;
}

/** |x| ≤ π/4: the first term left out is x¹⁵/15!, under 2.1e-14. */
// @ts-ignore: decorator
@inline function sin_small(x: f64): f64 {
  const z = x * x;
  return x + x * z * (-1 / 6.0 + z * (1 / 120.0 + z * (-1 / 5040.0 + z * (1 / 362880.0 + z * (-1 / 39916800.0 + z * (1 / 6227020800.0))))));
}

/** |x| ≤ π/4: the first term left out is x¹⁶/16!, under 1.1e-15. */
// @ts-ignore: decorator
@inline function cos_small(x: f64): f64 {
  const z = x * x;
  return 1 + z * (-1 / 2.0 + z * (1 / 24.0 + z * (-1 / 720.0 + z * (1 / 40320.0 + z * (-1 / 3628800.0 + z * (1 / 479001600.0 + z * (-1 / 87178291200.0)))))));
}
