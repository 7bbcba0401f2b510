import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, firefox, webkit } from "../../tools/browser.ts";
import { serve } from "../../tools/static-server.ts";

const root = resolve(import.meta.dirname, "../..");

/** How each browser opens an address without a window, on a profile of its own. No driver: the page itself reports. */
const LAUNCH = {
  chromium: (profile: string, url: string) =>
    [chromium(), "--headless=new", "--no-sandbox", "--no-first-run", `--user-data-dir=${profile}`, url] as const,
  firefox: (profile: string, url: string) =>
    [firefox(), "--headless", "--no-remote", "--profile", profile, url] as const,
  webkit: (_: string, url: string) => ["xvfb-run", "--auto-servernum", webkit(), url] as const,
};
export type Engine = keyof typeof LAUNCH;
/** WebKit's sandbox needs rights that a container has not. */
const ENVIRONMENT = { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };

const PAGE = `<!doctype html><meta charset="utf-8"><title>engine</title><script type="module">
import * as api from "/dist/index.js";
import { report } from "/page/report.js";
let answer;
try {
  answer = { value: await report(api) };
} catch (error) {
  answer = { error: error instanceof Error ? error.name + ": " + error.message : String(error) };
}
await fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
</script>`;

/** What the built package gives in an engine: `script` exports `report(api)`, whose value comes back as JSON. */
export async function inEngine<T>(engine: Engine, script: string, headers: Record<string, string>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gpt-worker-"));
  mkdirSync(join(folder, "profile"));
  writeFileSync(join(folder, "index.html"), PAGE);
  writeFileSync(join(folder, "report.js"), script);
  const folders = {
    "/page/": `${folder}/`,
    "/dist/": `${root}/dist/`,
    "/model/": `${root}/demo/public/model/`,
    "/golden/": `${root}/test/golden/`,
  };
  const site = await serve(folders, headers);
  const [program, ...args] = LAUNCH[engine](join(folder, "profile"), `${site.url}/page/index.html`);
  const answered = new Promise<string>((found) => {
    site.server.on("request", async (request: IncomingMessage) => {
      if (request.url !== "/answer") return;
      let body = "";
      for await (const piece of request) body += piece;
      found(body);
    });
  });
  const profile = join(folder, "profile");
  const env = { ...ENVIRONMENT, XDG_DATA_HOME: profile, XDG_CACHE_HOME: profile };
  const browser = spawn(program, args, { stdio: "ignore", detached: true, env });
  const gone = once(browser, "exit").then(([code]) => JSON.stringify({ error: `${engine} ended with ${code}` }));
  try {
    const { value, error } = JSON.parse(await Promise.race([answered, gone]));
    if (error !== undefined) throw new Error(`${engine}: ${error}`);
    return value;
  } finally {
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid); // and its children
    await gone;
    await site[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
