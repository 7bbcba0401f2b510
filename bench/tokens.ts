import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Result } from "./measure.ts";
import { call, ISOLATED, onPage, peakOf } from "./on-page.ts";
import { median, spread, table } from "./statistics.ts";
import type { Figures, Measured, Setting } from "./tokens-page.ts";

/**
 * The whole model in headless Chromium, through the public API, beside the machine's limits of the same run: `npm run bench`.
 *
 *   FORMATS (f32,f16,q8_0,q4_0)  THREADS (1,2)  KERNELS (simd,auto)  ROUNDS (3)  MODEL (any checkpoint's address)  OUT (a JSON file)
 *   ISOLATED (anything: one thread on an isolated page too)
 *
 * A round is a load in a fresh browser, with the limits measured just before and just after it: machines change their pace within minutes.
 * One thread is measured on a page without isolation, as most pages are.
 */
const {
  FORMATS = "f32,f16,q8_0,q4_0",
  THREADS = "1,2",
  KERNELS = "simd,auto",
  ROUNDS = "3",
  MODEL = "/synthetic/",
} = process.env;
const { OUT = "", ISOLATED: ISOLATE = "" } = process.env;

/** What is said of a limit as it lasts: over a whole pass, beside that of the quietest moments. */
const SUSTAINED = ", sustained";

interface Row extends Setting, Pick<Measured, "info" | "config"> {
  isolated: boolean;
  /** One value a round. */
  figures: Record<string, number[]>;
  limits: Record<string, number[]>;
}

const rows: Row[] = [];
for (const threads of THREADS.split(",").map(Number)) {
  for (const format of FORMATS.split(","))
    for (const kernels of KERNELS.split(",")) {
      const setting = { url: MODEL, format, threads, kernels } as Setting;
      const row = { ...setting, ...(await measured(setting)) };
      rows.push(row);
      print(row);
      if (OUT) write();
    }
}
console.log(`\n${summary()}`);

async function measured(setting: Setting): Promise<Omit<Row, keyof Setting>> {
  const isolated = setting.threads > 1 || ISOLATE !== "";
  const script = call("tokens-page", "measureTokens", setting);
  const once = () =>
    onPage(isolated ? ISOLATED : {}, async (evaluate, browser) => {
      const result = await evaluate<Measured>(script);
      return { ...result, figures: { ...result.figures, "peak MB": await peakOf(browser) } as Figures };
    });
  const rounds: Measured[] = [];
  const limits: Figures[] = [];
  for (let round = 0; round < Number(ROUNDS); round++) {
    const before = await limitsNow(setting.threads);
    rounds.push(await once());
    const after = await limitsNow(setting.threads);
    limits.push(
      Object.fromEntries(Object.entries(before).map(([name, rate]) => [name, (rate + (after[name] as number)) / 2])),
    );
  }
  const { info, config } = rounds[0] as Measured;
  return { isolated, info, config, figures: byName(rounds.map(({ figures }) => figures)), limits: byName(limits) };
}

/** What the machine gives at this moment: GB/s and Gop/s, by the limit's name. */
async function limitsNow(threads: number): Promise<Figures> {
  const measure = call("measure", "measure", threads, 5, "^(read|fma|mul|relaxed dot)");
  const results = await onPage(ISOLATED, (evaluate) => evaluate<Result[]>(measure));
  return Object.fromEntries(
    results.flatMap(({ name, rate, sustained }) => [
      [name, rate],
      [name + SUSTAINED, sustained],
    ]),
  );
}

/** Figures of each round as each figure's values, one a round. */
function byName(rounds: readonly Figures[]): Record<string, number[]> {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rounds.map((each) => each[name] ?? Number.NaN)]));
}

function write(): void {
  const report = { machine: cpus()[0]?.model, when: new Date().toISOString(), rows };
  writeFileSync(OUT, `${JSON.stringify(report, null, 1)}\n`);
}

function print(row: Row): void {
  const page = row.isolated ? "isolated" : "not isolated";
  console.log(`\n${row.format}, ${row.threads} thread(s), ${row.kernels} (${row.info.kernels}), ${page}`);
  for (const [name, values] of Object.entries({ ...row.figures, ...row.limits })) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const range = values.length > 1 ? `  (${least.toFixed(1)} to ${most.toFixed(1)})` : "";
    console.log(`  ${name.padEnd(26)}${median(values).toFixed(1).padStart(9)}${shares(row, name)}${range}`);
  }
}

/** A rate beside the limit that bounds it: memory for single tokens, arithmetic for prompts. */
function shares(row: Row, name: string): string {
  return limitsOf(row, name)
    .map(([limit, share]) => `  ${(100 * share).toFixed(0).padStart(3)} % of ${limit}`)
    .join("");
}

function limitsOf({ figures, format, config, info, limits }: Row, name: string): [limit: string, share: number][] {
  /** The median of the rounds' shares, where a token a second uses so much of the limit. */
  const of = (limit: string, used: number): [string, number][] =>
    [limit, limit + SUSTAINED].map((one) => [
      one,
      median((figures[name] ?? []).map((rate, round) => (rate * used) / (limits[one]?.[round] ?? Number.NaN))),
    ]);
  const { nLayers, embDim, innerDim, contextLength } = config;
  if (name.startsWith("decode")) {
    const read = info.weightBytes - 4 * contextLength * embDim; // all but the positions' table; a tied embedding is the head
    return of(read > 200e6 ? "read 512 MB" : "read 128 MB", read / 1e9);
  }
  if (!name.startsWith("prefill")) return [];
  const operations = (2 * nLayers * embDim * (4 * embDim + 2 * innerDim)) / 1e9;
  const integer = format === "q8_0" || format === "q4_0";
  const bound = of(integer ? "relaxed dot" : "fma", operations);
  return info.kernels === "simd" ? [...bound, ...of("mul + add", operations)] : bound;
}

/** All rows as one table: medians, each rate with its share of the first limit in quiet moments and as it lasts, and the widest spread of the rates. */
function summary(): string {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const lines = rows.map((row) => {
    const cells = names.map((name) => {
      const value = median(row.figures[name] ?? []);
      const [quiet, sustained] = limitsOf(row, name).map(([, share]) => (100 * share).toFixed(0));
      return (
        value.toFixed(name.startsWith("decode") ? 1 : 0) + (quiet === undefined ? "" : ` (${quiet}, ${sustained} %)`)
      );
    });
    const rates = names
      .filter((name) => /^(?:prefill|decode)/.test(name))
      .map((name) => spread(row.figures[name] ?? []));
    return [row.format, `${row.threads}`, row.info.kernels, ...cells, Math.max(...rates).toFixed(0)];
  });
  return table(["weights", "threads", "kernels", ...names, "spread, %"], lines);
}
