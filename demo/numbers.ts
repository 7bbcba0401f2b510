const UNITS = ["B", "kB", "MB", "GB"] as const;
const NARROW = "\u202f";
/** As wide as a digit where digits are tabular, so a growing number never moves its neighbours. */
const FIGURE_SPACE = "\u2007";
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Numbers as a language writes them. */
export interface Numbers {
  /** `5,918,720` */
  count(n: number): string;
  /** `0.01`, `10`: no digit more than needed, as on an axis. */
  plain(n: number): string;
  /** `−0.50`, so many digits after the point. */
  fixed(n: number, places: number): string;
  /** `0.0123`, `1,230`, `1.2 × 10³⁸`: two or three digits that matter. */
  short(n: number): string;
  /** `10⁻²⁰`, and `1` of 0. */
  power(exponent: number): string;
  /** `31 %`, `0.7 %`, `<0.1 %`; nothing at all is `0 %`. */
  percent(probability: number): string;
  /** `7.1` */
  bits(value: number): string;
  /** `11.8 MB`, in powers of a thousand. */
  bytes(n: number): string;
  /** `351 of 548 MB`: both in the total's unit, the first as wide as the second; `of` is the language's word. */
  bytesOf(loaded: number, total: number, of?: string): string;
  /** `8 s`, `3 min`, `850 ms` */
  duration(seconds: number): string;
}

/** Numbers in this language, a BCP 47 tag. */
export function numbersIn(language: string): Numbers {
  const formats = Array.from({ length: MOST_PLACES + 1 }, (_, places) => {
    return new Intl.NumberFormat(language, { minimumFractionDigits: places, maximumFractionDigits: places });
  });
  const fixed = (n: number, places: number) => {
    const written = (formats[places] ?? formats[0])?.format(n) ?? "";
    return written.replace("-", /[1-9∞]/.test(written) ? "−" : ""); // what rounds to 0 has no sign
  };
  const count = (n: number) => fixed(n, 0);
  const inUnit = (n: number, unit: number, places = placesOf(n, unit)) => fixed(n / 1000 ** unit, places);
  const bytes = (n: number) => {
    const unit = unitOf(n);
    return `${inUnit(n, unit)}${NARROW}${UNITS[unit]}`;
  };
  const plainly = new Intl.NumberFormat(language, { maximumSignificantDigits: 6 });
  return {
    count,
    plain: (n) => plainly.format(n).replace("-", "−"),
    fixed,
    bytes,
    short(n) {
      if (n === 0 || !Number.isFinite(n))
        return Number.isFinite(n) ? "0" : String(n).replace("-", "−").replace("Infinity", "∞");
      const power = Math.floor(Math.log10(Math.abs(n)));
      if (power >= 5 || power < -3) return `${fixed(n / 10 ** power, 1)} × ${tenTo(power)}`;
      return fixed(n, Math.max(0, 2 - power - (power < 0 ? 1 : 0)));
    },
    power: (exponent) => (exponent === 0 ? "1" : tenTo(Math.round(exponent))),
    percent(probability) {
      const hundredths = probability * 100;
      if (hundredths === 0) return `0${NARROW}%`;
      if (hundredths >= 9.95) return `${count(hundredths)}${NARROW}%`;
      if (hundredths >= 0.05) return `${fixed(hundredths, 1)}${NARROW}%`;
      return `<${fixed(0.1, 1)}${NARROW}%`;
    },
    bits: (value) => fixed(value, 1),
    bytesOf(loaded, total, of = "of") {
      if (total <= 0) return bytes(loaded);
      const unit = unitOf(total);
      const places = placesOf(total, unit);
      const whole = inUnit(total, unit, places);
      return `${inUnit(loaded, unit, places).padStart(whole.length, FIGURE_SPACE)} ${of} ${whole}${NARROW}${UNITS[unit]}`;
    },
    duration(seconds) {
      if (seconds < 1) return `${Math.round(seconds * 1000)}${NARROW}ms`;
      if (seconds < 90) return `${Math.ceil(seconds)}${NARROW}s`;
      return `${Math.ceil(seconds / 60)}${NARROW}min`;
    },
  };
}

const MOST_PLACES = 6;

/** The story page is English. */
export const { count, percent, bits, bytes, bytesOf, duration } = numbersIn("en");

function tenTo(power: number): string {
  const digits = [...String(Math.abs(power))].map((digit) => RAISED[Number(digit)]).join("");
  return `10${power < 0 ? "⁻" : ""}${digits}`;
}

function unitOf(n: number): number {
  const unit = UNITS.findIndex((_, i) => n < 999.5 * 1000 ** i);
  return unit < 0 ? UNITS.length - 1 : unit;
}

function placesOf(n: number, unit: number): number {
  return unit === 0 || n / 1000 ** unit >= 99.95 ? 0 : 1;
}
