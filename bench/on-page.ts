import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium as driver } from "playwright";
import { createServer } from "vite";
import { chromium } from "../tools/browser.ts";
import { syntheticCheckpoint } from "./synthetic-checkpoint.ts";

export { ISOLATED } from "../tools/static-server.ts";

export type Evaluate = <T>(script: string) => Promise<T>;

/** A script for it: a call of a function in one of the modules of this folder. */
export function call(module: string, name: string, ...args: readonly unknown[]): string {
  const given = args.map((arg) => JSON.stringify(arg) ?? "undefined").join();
  return `import("/bench/${module}.ts").then(({ ${name} }) => ${name}(${given}))`;
}

export type Measurement<T> = (evaluate: Evaluate, browser: Browser) => Promise<T>;

/** A fresh server and browser for each measurement, so that nothing of the last one is left in memory. */
export async function onPage<T>(headers: Record<string, string>, body: Measurement<T>): Promise<T> {
  const server = await createServer({
    configFile: false,
    logLevel: "error",
    plugins: [syntheticCheckpoint()],
    server: { headers, port: 0, hmr: false },
  });
  await server.listen();
  try {
    return await inChromium(`${server.resolvedUrls?.local[0]}bench/index.html`, body);
  } finally {
    await server.close();
  }
}

/** A browser that has just started draws its own window meanwhile, on a core of its own (Chromium 156: for a second). */
const SETTLE_MS = 2000;

/** The page at an address, in a browser of its own. */
export async function inChromium<T>(address: string, body: Measurement<T>): Promise<T> {
  const browser = await driver.launch({ executablePath: chromium(), args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(address);
    await sleep(SETTLE_MS);
    return await body((script) => page.evaluate(script), browser);
  } finally {
    await browser.close();
  }
}

/** Peak resident memory of the renderers, in MB (1,048,576 bytes), where /proc tells. */
export async function peakOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const peaks = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => {
      try {
        return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? Number.NaN) / 1024;
      } catch {
        return Number.NaN;
      }
    });
  return Math.max(...peaks);
}
