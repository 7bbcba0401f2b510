import { chromium as driver } from "playwright";
import { createServer } from "vite";
import { chromium } from "../tools/browser.ts";
import type { Result } from "./measure";

/**
 * Every kernel beside the limit of the machine, in headless Chromium: `npm run bench:kernels`.
 * ROUNDS (7) and THREADS (1,2) may be set, and ONLY, a pattern of row names.
 */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const { ROUNDS = "7", THREADS = "1,2", ONLY = "" } = process.env;

const server = await createServer({ configFile: false, logLevel: "error", server: { headers, port: 0, hmr: false } });
await server.listen();
const browser = await driver.launch({ executablePath: chromium(), args: ["--no-sandbox"] });
try {
  for (const threads of THREADS.split(",").map(Number)) {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`${server.resolvedUrls?.local[0]}bench/index.html`);
    const measured = `import("/bench/measure.ts").then(({ measure }) => measure(${threads}, ${ROUNDS}, ${JSON.stringify(ONLY)}))`;
    print((await page.evaluate(measured)) as Result[]);
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}

function print(results: Result[]): void {
  console.log(
    `\n${"".padEnd(36)}${"ms".padStart(9)}${"rate".padStart(9)}        of the limit (${results[0]?.threads} threads)`,
  );
  for (const { name, ms, rate, unit, limit, ratio } of results) {
    const share = ratio === undefined ? "" : `${(100 * ratio).toFixed(0).padStart(4)} % of ${limit}`;
    console.log(
      `${name.padEnd(36)}${ms.toFixed(2).padStart(9)}${rate.toFixed(rate < 10 ? 2 : 1).padStart(9)} ${unit.padEnd(6)}${share}`,
    );
  }
}
