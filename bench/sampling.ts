import { chromium as driver } from "playwright";
import { createServer } from "vite";
import { chromium } from "../tools/browser.ts";

/** What a token costs to choose, and a constraint's masks, in headless Chromium: `npm run bench:sampling`. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const server = await createServer({ configFile: false, logLevel: "error", server: { headers, port: 0, hmr: false } });
await server.listen();
const browser = await driver.launch({ executablePath: chromium(), args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.goto(`${server.resolvedUrls?.local[0]}bench/index.html`);
  for (const bench of ["benchSampling", "benchConstraints"]) {
    console.log(`${await page.evaluate(`import("/bench/measure-sampling.ts").then((module) => module.${bench}())`)}\n`);
  }
} finally {
  await browser.close();
  await server.close();
}
