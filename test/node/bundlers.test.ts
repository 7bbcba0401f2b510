import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, createServer, type InlineConfig } from "vite";
import { expect, test } from "vitest";
import webpack from "webpack";
import { ISOLATED, serve } from "../../tools/static-server.ts";
import { MODEL, openPage, root } from "./page.ts";

const SCRIPT = `
import { loadModel } from "gpt-worker";
try {
  const gpt = await loadModel("/model/", { threads: 2 });
  const { ids } = await gpt.generate("Once upon a time", { temperature: 0, maxNewTokens: 12 });
  console.log("wrote", ids.length, "on", gpt.info.threads);
} catch (error) {
  console.log(String(error));
}
document.querySelector("#out").textContent = "done";
`;

/** A page's project as its author has it: the package lies in node_modules as npm would put it there. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "gpt-worker-"));
  const installed = join(folder, "node_modules/gpt-worker");
  for (const part of ["dist", "package.json"]) cpSync(join(root, part), join(installed, part), { recursive: true });
  symlinkSync(join(root, "demo/public/model"), join(folder, "model"));
  writeFileSync(
    join(folder, "index.html"),
    '<link rel="icon" href="data:,"><p id="out"></p><script type="module" src="./main.js"></script>',
  );
  writeFileSync(join(folder, "main.js"), SCRIPT);
  return folder;
}

async function logOf(address: string, server: AsyncDisposable): Promise<string[]> {
  await using opened = await openPage(address, server);
  await opened.page.waitForSelector("#out:not(:empty)", { timeout: 30_000 });
  return opened.log.filter((line) => !line.startsWith("[vite]"));
}

test.each([{}, { worker: { format: "es" } }] satisfies InlineConfig[])(
  "Vite builds a page with it: %o",
  async (config) => {
    const folder = project();
    await build({ root: folder, base: "/app/", configFile: false, logLevel: "error", ...config });
    const served = await serve({ "/app/": `${folder}/dist/`, ...MODEL }, ISOLATED);
    expect(await logOf(`${served.url}/app/index.html`, served)).toEqual(["wrote 12 on 2"]);
  },
);

/** A server for what a build will have written, as a CDN would have it. */
const assets = (folder: string, headers = {}) =>
  serve({ "/": `${folder}/dist/` }, { "Access-Control-Allow-Origin": "*", ...headers });

test.each([{}, { worker: { format: "es" } }] satisfies InlineConfig[])(
  "Vite builds a page whose files another origin has: %o",
  async (config) => {
    const folder = project();
    await using cdn = await assets(folder);
    await build({ root: folder, base: `${cdn.url}/`, configFile: false, logLevel: "error", ...config });
    const served = await serve({ "/index.html": `${folder}/dist/index.html`, ...MODEL }, ISOLATED);
    expect(await logOf(`${served.url}/index.html`, served)).toEqual(["wrote 12 on 2"]);
  },
);

test("Vite's development server runs it", async () => {
  const server = await createServer({
    root: project(),
    configFile: false,
    logLevel: "error",
    server: { headers: ISOLATED, port: 0, fs: { strict: false } },
  });
  await server.listen();
  const ended = { [Symbol.asyncDispose]: () => server.close() };
  expect(await logOf(server.resolvedUrls?.local[0] ?? "", ended)).toEqual(["wrote 12 on 2"]);
});

/** What webpack makes of it; `publicPath` is where the page finds the files. */
async function packed(folder: string, publicPath: string): Promise<void> {
  const stats = await promisify<webpack.Configuration, webpack.Stats | undefined>(webpack)({
    mode: "production",
    context: folder,
    entry: "./main.js",
    output: { path: join(folder, "dist"), publicPath },
    optimization: { minimize: false },
    performance: { hints: false },
  });
  expect(stats?.toJson({ all: false, errors: true, warnings: true })).toEqual({ errors: [], warnings: [] });
}

test("webpack builds a page with it, and writes no path of the machine's into it", async () => {
  const folder = project();
  await packed(folder, "/app/");
  for (const name of readdirSync(join(folder, "dist")).filter((name) => name.endsWith(".js")))
    expect(readFileSync(join(folder, "dist", name), "utf8")).not.toContain(folder);
  const page = { "/index.html": `${folder}/index.html`, "/main.js": `${folder}/dist/main.js` };
  const served = await serve({ "/app/": `${folder}/dist/`, ...page, ...MODEL }, ISOLATED);
  expect(await logOf(`${served.url}/index.html`, served)).toEqual(["wrote 12 on 2"]);
});

test("webpack builds a page whose files another origin has", async () => {
  const folder = project();
  await using cdn = await assets(folder, { "Cross-Origin-Resource-Policy": "cross-origin" }); // its workers are classic scripts
  await packed(folder, `${cdn.url}/`);
  const page = { "/index.html": `${folder}/index.html`, "/main.js": `${folder}/dist/main.js` };
  const served = await serve({ ...page, ...MODEL }, ISOLATED);
  expect(await logOf(`${served.url}/index.html`, served)).toEqual(["wrote 12 on 2"]);
});
