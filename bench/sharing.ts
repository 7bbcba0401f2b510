import type { Result } from "./measure.ts";
import { call, ISOLATED, onPage } from "./on-page.ts";
import type { Sharing } from "./sharing-page.ts";

/**
 * What sequences and calls save that share a prompt, on the 124M shape in q8_0, in headless Chromium: `npm run bench:sharing`.
 *
 *   THREADS (1,2)  ROUNDS (5)  MODEL (any checkpoint's address)
 *
 * Four sequences read the weights once a step: at the least they cost what reading costs, or the products of four rows.
 */
const { THREADS = "1,2", ROUNDS = "5", MODEL = "/synthetic/" } = process.env;

/** Of the blocks and of the head. */
const WEIGHTS = 12 * 12 * 768 * 768 + 50257 * 768;
const Q8_0_BYTES = 272 / 256;

for (const threads of THREADS.split(",").map(Number)) {
  const measure = call("measure", "measure", threads, 5, "^(read 128|relaxed dot)");
  const limits = await onPage(ISOLATED, (evaluate) => evaluate<Result[]>(measure));
  const script = call("sharing-page", "measureSharing", MODEL, threads, Number(ROUNDS));
  print(threads, limits, await onPage(threads > 1 ? ISOLATED : {}, (evaluate) => evaluate<Sharing>(script)));
}

function print(threads: number, limits: readonly Result[], found: Sharing): void {
  const { tokenMs, oneMs, fourMs, firstMs, sharedMs } = found;
  const rate = (name: string) => limits.find((limit) => limit.name === name)?.rate ?? Number.NaN;
  const readMs = (WEIGHTS * Q8_0_BYTES) / rate("read 128 MB") / 1e6;
  const dotMs = (rows: number) => (rows * 2 * WEIGHTS) / rate("relaxed dot") / 1e6;
  const leastMs = (rows: number) => Math.max(readMs, dotMs(rows));
  console.log(`\n${threads} thread${threads > 1 ? "s" : ""}, a token ${tokenMs.toFixed(2)} ms`);
  const limit = `${(leastMs(4) / leastMs(1)).toFixed(2)} times at the limits (read ${readMs.toFixed(2)} ms, dot ${dotMs(1).toFixed(2)} ms a row)`;
  console.log(
    `  64 tokens of one sequence ${oneMs.toFixed(0)} ms, of four ${fourMs.toFixed(0)} ms: ${(fourMs / oneMs).toFixed(2)} times; ${limit}`,
  );
  console.log(
    `  to the first token after 408: ${firstMs.toFixed(0)} ms; when 400 of them are known ${sharedMs.toFixed(1)} ms, ${((100 * sharedMs) / firstMs).toFixed(1)} %; 8 / 408 are ${((100 * 8) / 408).toFixed(1)} %`,
  );
}
