import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Result } from "./measure.ts";
import { ISOLATED, onPage, peakOf } from "./on-page.ts";
import type { Figures, Setting } from "./tokens-page.ts";

/**
 * The whole model in headless Chromium, through the public API, beside the machine's limits of the same run: `npm run bench`.
 *
 *   FORMATS (f32,f16,q8_0,q4_0)  THREADS (1,2)  KERNELS (simd,relaxed,auto)  ROUNDS (3)  MODEL (any checkpoint's address)  OUT (a JSON file)
 *
 * One thread is measured on a page without isolation, as most pages are.
 */
const {
  FORMATS = "f32,f16,q8_0,q4_0",
  THREADS = "1,2",
  KERNELS = "simd,auto",
  ROUNDS = "3",
  MODEL = "/synthetic/",
} = process.env;
const { OUT = "" } = process.env;

/** Bytes of the matrices that a token reads, and operations of the blocks' matrices for a token, on the 124M shape. */
const MATRIX_WEIGHTS = 12 * 12 * 768 * 768;
const HEAD_WEIGHTS = 50257 * 768;
const BYTES_PER_WEIGHT: Record<string, number> = { f32: 4, f16: 2, q8_0: 272 / 256, q4_0: 144 / 256 };

interface Row extends Setting {
  isolated: boolean;
  figures: Figures;
  info: object;
  peakMB: number;
  limits: Result[];
}

const rows: Row[] = [];
for (const threads of THREADS.split(",").map(Number)) {
  const measure = `import("/bench/measure.ts").then(({ measure }) => measure(${threads}, 5, "^(read|fma|mul|relaxed dot)"))`;
  const limits = await onPage(ISOLATED, (evaluate) => evaluate<Result[]>(measure));
  for (const format of FORMATS.split(","))
    for (const kernels of KERNELS.split(",")) {
      const setting = { url: MODEL, format, threads, kernels, rounds: Number(ROUNDS) } as Setting;
      const script = `import("/bench/tokens-page.ts").then(({ measureTokens }) => measureTokens(${JSON.stringify(setting)}))`;
      const measured = await onPage(threads > 1 ? ISOLATED : {}, async (evaluate, browser) => {
        const result = await evaluate<Pick<Row, "figures" | "info">>(script);
        return { ...result, peakMB: await peakOf(browser) };
      });
      const row: Row = { ...setting, isolated: threads > 1, limits, ...measured };
      rows.push(row);
      print(row);
    }
}
if (OUT)
  writeFileSync(
    OUT,
    `${JSON.stringify({ machine: cpus()[0]?.model, when: new Date().toISOString(), rows }, null, 1)}\n`,
  );

function print({ format, threads, kernels, figures, info, peakMB, limits }: Row): void {
  const limit = (name: string) => limits.find((each) => each.name === name)?.rate ?? Number.NaN;
  const ran = (info as { kernels: string }).kernels;
  console.log(
    `\n${format}, ${threads} thread${threads > 1 ? "s" : ""}, ${kernels} (${ran}), peak ${peakMB.toFixed(0)} MB`,
  );
  for (const [name, values] of Object.entries(figures)) {
    const sorted = [...values].sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1] ?? Number.NaN;
    const spread = sorted.length > 1 ? `  (${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)})` : "";
    console.log(
      `  ${name.padEnd(26)}${median.toFixed(1).padStart(9)}${ratio(name, median, format, ran, limit)}${spread}`,
    );
  }
}

/** A rate beside the limit that bounds it: memory for single tokens, arithmetic for prompts. */
function ratio(name: string, rate: number, format: string, ran: string, limit: (name: string) => number): string {
  const share = (used: number, of: string) => `  ${((100 * used) / limit(of)).toFixed(0).padStart(3)} % of ${of}`;
  if (name.startsWith("decode")) {
    const gigabytes = ((MATRIX_WEIGHTS + HEAD_WEIGHTS) * (BYTES_PER_WEIGHT[format] ?? 4)) / 1e9;
    return share(rate * gigabytes, format === "f32" || format === "f16" ? "read 512 MB" : "read 128 MB");
  }
  if (!name.startsWith("prefill")) return "";
  const operations = (rate * 2 * MATRIX_WEIGHTS) / 1e9;
  const integer = format === "q8_0" || format === "q4_0";
  return share(operations, integer ? "relaxed dot" : "fma") + (ran === "simd" ? share(operations, "mul + add") : "");
}
