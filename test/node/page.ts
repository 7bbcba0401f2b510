import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Page } from "playwright";
import { chromium as findChromium } from "../../tools/browser.ts";
import { serve } from "../../tools/static-server.ts";

export const root = resolve(import.meta.dirname, "../..");

/** A bare page on a plain server: the package as built, the models, and a module script with no bundler in sight. */
export interface BarePage extends AsyncDisposable {
  page: Page;
  url: string;
  /** What the page's script logged to the console. */
  log: string[];
}

/** What a server has in a file's place, by its path; `undefined`: nothing. */
export type Instead = Record<string, string | Uint8Array | undefined>;

/** What every page of these tests has beside its own files. */
export const MODEL = { "/model/": `${root}/demo/public/model/` };

export async function openBarePage(
  script: string,
  headers: Record<string, string> = {},
  instead: Instead = {},
): Promise<BarePage> {
  const folder = mkdtempSync(join(tmpdir(), "gpt-worker-"));
  const map = JSON.stringify({ imports: { "gpt-worker": "/dist/index.js" } });
  const inline = headers["Content-Security-Policy"] === undefined;
  const importMap = inline ? `<script type="importmap">${map}</script>` : "";
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html><meta charset="utf-8"><title>bare</title>${importMap}<p id="out"></p><script type="module" src="/page/main.js"></script>`,
  );
  writeFileSync(join(folder, "main.js"), inline ? script : script.replaceAll('"gpt-worker"', '"/dist/index.js"'));
  const places = Object.entries(instead).map(([path, content], i) => {
    const file = join(folder, `instead-${i}`);
    if (content !== undefined) writeFileSync(file, content);
    return [path, file] as const;
  });
  const served = await serve(
    { ...Object.fromEntries(places), "/page/": `${folder}/`, "/dist/": `${root}/dist/`, ...MODEL },
    headers,
  );
  return openPage(`${served.url}/page/index.html`, served);
}

/** A server's page in a browser of its own; both end with it. */
export async function openPage(address: string, server: AsyncDisposable): Promise<BarePage> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
  const page = await browser.newPage();
  const log: string[] = [];
  page.on("console", (message) => log.push(message.text()));
  page.on("pageerror", (error) => log.push(`page error: ${error}`));
  await page.goto(address);
  return {
    page,
    url: new URL(address).origin,
    log,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
