import type { Result } from "./measure.ts";
import { call, ISOLATED, onPage } from "./on-page.ts";

/**
 * Every kernel beside the limit of the machine, in headless Chromium: `npm run bench:kernels`.
 * ROUNDS (7) and THREADS (1,2) may be set, and ONLY, a pattern of row names.
 */
const { ROUNDS = "7", THREADS = "1,2", ONLY = "" } = process.env;

for (const threads of THREADS.split(",").map(Number)) {
  const script = call("measure", "measure", threads, Number(ROUNDS), ONLY);
  print(await onPage(ISOLATED, (evaluate) => evaluate<Result[]>(script)));
}

function print(results: Result[]): void {
  console.log(
    `\n${"".padEnd(36)}${"ms".padStart(9)}${"rate".padStart(9)}        of the limit (${results[0]?.threads} threads)`,
  );
  for (const { name, ms, rate, unit, limit, ratios } of results) {
    const percent = (ratio: number) => `${(100 * ratio).toFixed(0)} %`;
    const share = ratios
      ? `${percent(ratios.quiet).padStart(6)} of ${limit}, ${percent(ratios.sustained)} sustained`
      : "";
    console.log(
      `${name.padEnd(36)}${ms.toFixed(2).padStart(9)}${rate.toFixed(rate < 10 ? 2 : 1).padStart(9)} ${unit.padEnd(6)}${share}`,
    );
  }
}
