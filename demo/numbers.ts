const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const UNITS = ["B", "kB", "MB", "GB"] as const;
const NARROW = "\u202f";
/** As wide as a digit where digits are tabular, so a growing number never moves its neighbours. */
const FIGURE_SPACE = "\u2007";

/** `5,918,720` */
export function count(n: number): string {
  return whole.format(n);
}

/** `31 %`, `0.7 %`, `<0.1 %` */
export function percent(probability: number): string {
  const hundredths = probability * 100;
  if (hundredths >= 9.95) return `${whole.format(hundredths)}${NARROW}%`;
  if (hundredths >= 0.05) return `${hundredths.toFixed(1)}${NARROW}%`;
  return `<0.1${NARROW}%`;
}

/** `7.1` */
export function bits(value: number): string {
  return value.toFixed(1);
}

/** `11.8 MB`, in powers of a thousand. */
export function bytes(n: number): string {
  const unit = unitOf(n);
  return `${inUnit(n, unit)}${NARROW}${UNITS[unit]}`;
}

/** `351 of 548 MB`: both in the total's unit, the first as wide as the second. */
export function bytesOf(loaded: number, total: number): string {
  if (total <= 0) return bytes(loaded);
  const unit = unitOf(total);
  const places = placesOf(total, unit);
  const whole = inUnit(total, unit, places);
  return `${inUnit(loaded, unit, places).padStart(whole.length, FIGURE_SPACE)} of ${whole}${NARROW}${UNITS[unit]}`;
}

/** `8 s`, `3 min`, `850 ms` */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)}${NARROW}ms`;
  if (seconds < 90) return `${Math.ceil(seconds)}${NARROW}s`;
  return `${Math.ceil(seconds / 60)}${NARROW}min`;
}

function unitOf(n: number): number {
  const unit = UNITS.findIndex((_, i) => n < 999.5 * 1000 ** i);
  return unit < 0 ? UNITS.length - 1 : unit;
}

function placesOf(n: number, unit: number): number {
  return unit === 0 || n / 1000 ** unit >= 99.95 ? 0 : 1;
}

function inUnit(n: number, unit: number, places = placesOf(n, unit)): string {
  return (n / 1000 ** unit).toFixed(places);
}
