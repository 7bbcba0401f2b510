/** The nearest f16, ties to even: 11 significant bits, steps of 2^-24 below 2^-14, infinite from 65520 on. */
export function toHalf(x: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), -14);
  const step = 2 ** (exponent - 10);
  const half = tiesToEven(x / step) * step;
  return Math.abs(half) > 65504 ? Math.sign(x) * Infinity : half;
}

/** The value of an f16's bits. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 25) * (1024 + fraction) : sign * 2 ** -24 * fraction;
}

/** To the nearest integer, halves to the even one. */
export function tiesToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
