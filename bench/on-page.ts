import { type Browser, chromium as driver } from "playwright";
import { createServer } from "vite";
import { chromium } from "../tools/browser.ts";
import { syntheticCheckpoint } from "./synthetic-checkpoint.ts";

export const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export type Evaluate = <T>(script: string) => Promise<T>;

/** A fresh server and browser for each measurement, so that nothing of the last one is left in memory. */
export async function onPage<T>(
  headers: Record<string, string>,
  body: (evaluate: Evaluate, browser: Browser) => Promise<T>,
): Promise<T> {
  const server = await createServer({
    configFile: false,
    logLevel: "error",
    plugins: [syntheticCheckpoint()],
    server: { headers, port: 0, hmr: false },
  });
  await server.listen();
  const browser = await driver.launch({ executablePath: chromium(), args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`${server.resolvedUrls?.local[0]}bench/index.html`);
    return await body((script) => page.evaluate(script), browser);
  } finally {
    await browser.close();
    await server.close();
  }
}
