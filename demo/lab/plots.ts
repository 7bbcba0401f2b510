import * as Plot from "@observablehq/plot";

/** A plot in the page's letters and colours; what it says to those who don't see it is its picture's alternative. */
export function plot(options: Plot.PlotOptions, fontSize = 12): Element {
  const made = Plot.plot({
    style: {
      background: "transparent",
      color: "var(--ink)",
      fontFamily: "var(--sans)",
      fontSize: `${fontSize}px`,
      overflow: "visible",
    },
    marginTop: 4,
    marginRight: 0,
    marginBottom: 4,
    marginLeft: 4,
    ...options,
  });
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** One square of a map. */
export interface Cell {
  x: string | number;
  y: string | number;
  /** Facet, where there are several maps side by side. */
  fx?: string;
  value: number;
}

/** The squares of a map: the larger the value, up to `full`, the more amber; below zero, the more grey. */
export function cells(data: readonly Cell[], full: number, options: Plot.CellOptions = {}): Plot.Markish[] {
  const amount = ({ value }: Cell) => Math.min(1, Math.abs(value) / full);
  const fx = data.some((cell) => cell.fx !== undefined) ? { fx: "fx" } : {};
  const place = { x: "x", y: "y", ...fx };
  return [
    Plot.cell(data, {
      ...place,
      fill: ({ value }: Cell) => (value < 0 ? "var(--soft)" : "var(--surprise)"),
      fillOpacity: amount,
      inset: 0.25,
      ...options,
    }),
  ];
}

/** Colours and amounts as they are, not as a scale would have them. */
export const AS_IT_IS: Plot.PlotOptions = { color: { type: "identity" }, opacity: { type: "identity" } };
