import { median, spread, table } from "../statistics.ts";
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
  { ours: "q8_0 light", figure: "load", aim: 0.6 },
  { ours: "q8_0 of f16", figure: "load", aim: 0.6 },
  { ours: "q4_0", figure: "load", aim: 0.6 },
];

/** Medians of all runs, how far they spread, and the ratios that we aim at, as Markdown. */
export function report({ runs, machine, chromium, when, versions }: Report): string {
  const threads = [...new Set(runs.map((run) => run.threads))].sort();
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version.replace(/^npm:.*@/, "")}`);
  const rounds = Math.max(...namesOf(runs).map((name) => having(runs, name, threads[0] ?? 1).length));
  const head = ["", ...COLUMNS.map(([, title]) => title), "spread, %"];
  return [
    `${when.slice(0, 10)}, ${machine}, Chromium ${chromium}, ${packages.join(", ")}.`,
    `Medians of ${rounds} runs, on ${threads.join(" / ")} threads; rates in tokens per second.`,
    "",
    table(head, figures(runs, threads)),
    "",
    table(["ours", "best peer of the same bits", "ratio", "aim", ""], ratios(runs, threads)),
  ].join("\n");
}

function figures(runs: readonly Run[], threads: readonly number[]): string[][] {
  return namesOf(runs).map((name) => {
    const both = (cell: (of: readonly Run[]) => number, digits: number) =>
      threads.map((count) => cell(having(runs, name, count)).toFixed(digits)).join(" / ");
    return [
      name,
      ...COLUMNS.map(([figure, , digits]) => both((found) => median(valuesOf(found, figure)), digits)),
      both(widest, 0),
    ];
  });
}

function ratios(runs: readonly Run[], threads: readonly number[]): string[][] {
  return AIMS.flatMap(({ ours, figure, aim }) => {
    const us = OURS + ours;
    const bits = runs.find(({ name }) => name === us)?.bits;
    const peers = namesOf(runs.filter((run) => run.bits === bits && !run.name.startsWith(OURS)));
    if (peers.length === 0) return [];
    const lower = figure === "load";
    const found = threads.map((count) => {
      const middle = (name: string) => median(valuesOf(having(runs, name, count), figure));
      const [best = ""] = peers.toSorted((a, b) => (middle(b) - middle(a)) * (lower ? -1 : 1));
      return { best, ratio: middle(us) / middle(best) };
    });
    const title = COLUMNS.find(([each]) => each === figure)?.[1].replace(", ms", "");
    return [
      [
        `${ours} ${title}`,
        [...new Set(found.map(({ best }) => best))].join(" / "),
        found.map(({ ratio }) => ratio.toFixed(2)).join(" / "),
        `${lower ? "≤" : "≥"} ${aim}`,
        found.map(({ ratio }) => ((lower ? ratio <= aim : ratio >= aim) ? "met" : "missed")).join(" / "),
      ],
    ];
  });
}

function namesOf(runs: readonly Run[]): string[] {
  return [...new Set(runs.map(({ name }) => name))];
}

function having(runs: readonly Run[], name: string, threads: number): Run[] {
  return runs.filter((run) => run.name === name && run.threads === threads);
}

function valuesOf(runs: readonly Run[], figure: Figure): number[] {
  return runs.map((run) => run[figure]);
}

/** Of the rates, the widest spread, in %. */
function widest(runs: readonly Run[]): number {
  const rates = COLUMNS.map(([figure]) => figure).filter((figure) => /^(?:prefill|decode)/.test(figure));
  return Math.max(...rates.map((figure) => spread(valuesOf(runs, figure))));
}
