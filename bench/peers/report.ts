import { type Contender, OURS } from "./contenders.ts";
import type { Figures } from "./page.ts";

/** One contender, once, in a fresh browser. */
export interface Run extends Figures, Pick<Contender, "name" | "bits"> {
  threads: number;
  /** Peak of the renderer's resident memory. */
  peakMB: number;
  codeMB: number;
  filesMB: number;
}

export interface Report {
  machine: string;
  chromium: string;
  when: string;
  versions: Record<string, string>;
  runs: Run[];
}

type Figure = keyof Figures | "peakMB" | "codeMB" | "filesMB";

const COLUMNS: readonly [Figure, title: string, digits: number][] = [
  ["load", "load, ms", 0],
  ["prefill128", "prefill 128", 0],
  ["prefill512", "prefill 512", 0],
  ["decode16", "decode after 16", 1],
  ["decode512", "after 512", 1],
  ["peakMB", "peak MB", 0],
  ["codeMB", "code MB", 2],
  ["filesMB", "model MB", 0],
];

/** What we aim at: ours beside the best peer of the same bits. */
const AIMS: readonly { ours: string; figure: Figure; aim: number }[] = [
  { ours: "q8_0", figure: "decode16", aim: 4.5 },
  { ours: "q8_0", figure: "decode512", aim: 7 },
  { ours: "q4_0", figure: "decode16", aim: 8 },
  { ours: "q8_0", figure: "prefill512", aim: 2.5 },
  { ours: "f32", figure: "prefill512", aim: 1.8 },
  { ours: "f32", figure: "decode16", aim: 1.6 },
  { ours: "q8_0", figure: "load", aim: 0.6 },
  { ours: "q8_0 of f16", figure: "load", aim: 0.6 },
  { ours: "q4_0", figure: "load", aim: 0.6 },
];

/** Medians of all runs, how far they spread, and the ratios that we aim at, as Markdown. */
export function report({ runs, machine, chromium, when, versions }: Report): string {
  const names = [...new Set(runs.map(({ name }) => name))];
  const threads = [...new Set(runs.map((run) => run.threads))].sort();
  const of = (name: string, count: number) => runs.filter((run) => run.name === name && run.threads === count);
  const both = (cell: (threads: number) => string) => threads.map(cell).join(" / ");

  const rows = names.map((name) => [
    name,
    ...COLUMNS.map(([figure, , digits]) => both((count) => median(of(name, count), figure).toFixed(digits))),
    both((count) => spread(of(name, count)).toFixed(0)),
  ]);
  const ratios = AIMS.flatMap(({ ours, figure, aim }) => {
    const us = runs.find(({ name }) => name === OURS + ours);
    if (!us) return [];
    const peers = names.filter((name) => !name.startsWith(OURS) && bitsOf(runs, name) === us.bits);
    if (peers.length === 0) return [];
    const lower = figure === "load";
    const found = threads.map((count) => {
      const ranked = peers
        .map((name) => ({ name, value: median(of(name, count), figure) }))
        .sort((a, b) => (lower ? a.value - b.value : b.value - a.value));
      const { name = "", value = Number.NaN } = ranked[0] ?? {};
      return { name, ratio: median(of(us.name, count), figure) / value };
    });
    const met = found.map(({ ratio }) => ((lower ? ratio <= aim : ratio >= aim) ? "met" : "missed")).join(" / ");
    const title = COLUMNS.find(([each]) => each === figure)?.[1].replace(", ms", "") ?? figure;
    const best = [...new Set(found.map(({ name }) => name))].join(" / ");
    const shown = found.map(({ ratio }) => ratio.toFixed(2)).join(" / ");
    return [[`${ours} ${title}`, best, shown, `${lower ? "≤" : "≥"} ${aim}`, met]];
  });
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version.replace(/^npm:.*@/, "")}`);
  return [
    `${when.slice(0, 10)}, ${machine}, Chromium ${chromium}, ${packages.join(", ")}.`,
    `Medians of ${Math.max(...names.map((name) => of(name, threads[0] ?? 1).length))} runs, ${threads.join(" / ")} threads; rates in tokens per second.`,
    "",
    ...table(["", ...COLUMNS.map(([, title]) => title), "spread, %"], rows),
    "",
    ...table(["ours", "best peer of the same bits", "ratio", "aim", ""], ratios),
  ].join("\n");
}

function bitsOf(runs: readonly Run[], name: string): number | undefined {
  return runs.find((run) => run.name === name)?.bits;
}

function median(runs: readonly Run[], figure: Figure): number {
  const sorted = runs.map((run) => run[figure]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The widest of the rates: from the least to the greatest, as a share of the median, in %. */
function spread(runs: readonly Run[]): number {
  const figures = COLUMNS.map(([figure]) => figure).filter((figure) => /^(?:prefill|decode)/.test(figure));
  return Math.max(
    ...figures.map((figure) => {
      const values = runs.map((run) => run[figure]);
      return (100 * (Math.max(...values) - Math.min(...values))) / median(runs, figure);
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)];
}
