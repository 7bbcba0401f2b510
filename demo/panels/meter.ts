import { element } from "../dom";
import { count, duration } from "../numbers";

/** Tokens per second over the last second, from the times at which tokens came. */
export function recentRate(times: readonly number[], now: number): number | undefined {
  const recent = times.filter((time) => now - time <= WINDOW_MS);
  const first = recent[0];
  const last = recent.at(-1);
  if (first === undefined || last === undefined || last === first) return undefined;
  return ((recent.length - 1) / (last - first)) * 1000;
}

const WINDOW_MS = 1000;

/** `M0 14L3 9…`: the rates as a line `width` wide, the fastest at the top. */
export function sparkline(rates: readonly number[], width: number, height: number): string {
  const top = Math.max(...rates, 1);
  const step = width / (SAMPLES - 1);
  const start = width - (rates.length - 1) * step;
  return rates
    .map(
      (rate, i) => `${i === 0 ? "M" : "L"}${(start + i * step).toFixed(1)} ${(height * (1 - rate / top)).toFixed(1)}`,
    )
    .join("");
}

const SAMPLES = 25;
const [WIDTH, HEIGHT] = [72, 16];

/** Speed while writing: a rate line, tokens per second, and the time to the first token. */
export interface Meter {
  start(now: number): void;
  token(now: number): void;
  /** Draws what is known; to be called at most ten times a second. */
  paint(now: number): void;
  /** Draws the run's own figures. */
  finish(usage: { decodeTokensPerSecond: number; timeToFirstTokenMs: number }): void;
}

/** A meter in `host`; `still` leaves the rate line until the end. */
export function meter(host: HTMLElement, still: () => boolean): Meter {
  const line = svgElement("path", { d: "" });
  const drawing = svgElement("svg", { viewBox: `-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`, "aria-hidden": "true" }, line);
  const rate = element("span", { class: "num rate" });
  const first = element("span", { class: "num" });
  host.replaceChildren(drawing, element("span", { class: "figures" }, rate, first));

  let times: number[] = [];
  let rates: number[] = [];
  let begun = 0;
  let firstMs: number | undefined;
  const draw = () => line.setAttribute("d", sparkline(rates.slice(-SAMPLES), WIDTH, HEIGHT));
  const write = (tokensPerSecond: number | undefined) => {
    rate.textContent = tokensPerSecond === undefined ? "" : `${rateText(tokensPerSecond)} tokens/s`;
    first.textContent = firstMs === undefined ? "" : `first after ${duration(firstMs / 1000)}`;
  };

  return {
    start(now) {
      times = [];
      rates = [];
      begun = now;
      firstMs = undefined;
      draw();
      write(undefined);
    },
    token(now) {
      firstMs ??= now - begun;
      times.push(now);
      if (times.length > MOST_TIMES) times.splice(0, MOST_TIMES / 2);
    },
    paint(now) {
      const recent = recentRate(times, now);
      if (recent !== undefined) rates.push(recent);
      if (!still()) draw();
      write(recent);
    },
    finish(usage) {
      firstMs = usage.timeToFirstTokenMs;
      draw();
      write(usage.decodeTokensPerSecond > 0 ? usage.decodeTokensPerSecond : undefined);
    },
  };
}

/** More than ever come in a second. */
const MOST_TIMES = 8192;

function rateText(tokensPerSecond: number): string {
  return tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : count(tokensPerSecond);
}

function svgElement(tag: string, attributes: Record<string, string>, ...children: Node[]): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
