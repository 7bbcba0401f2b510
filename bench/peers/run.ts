import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { ISOLATED, serve } from "../../tools/static-server.ts";
import { inChromium, peakOf } from "../on-page.ts";
import { CONTENDERS, type Contender } from "./contenders.ts";
import type { Figures } from "./page.ts";
import { type Report, type Run, report } from "./report.ts";

/**
 * gpt-worker beside its peers, side by side in headless Chromium on the same seeded model of the 124M shape: `npm run bench:peers`.
 * models.py makes the files first.
 *
 *   ROUNDS (3)  THREADS (1,2)  ONLY (a pattern of names)  OUT (a JSON file; rounds that it has are kept and count)
 *
 * A round runs each peer once on each number of threads, every time in a fresh browser. One thread is measured on a page without isolation.
 */
const { ROUNDS = "3", THREADS = "1,2", ONLY = "", OUT = "" } = process.env;

const FOLDERS = {
  "/dist/": "dist",
  "/peers/": "bench/peers/node_modules",
  "/models/": "bench/peers/models",
  "/": "bench/peers/build",
};

if (!existsSync("bench/peers/models/hub/onnx")) {
  throw new Error("bench/peers/models has no models: run `python bench/peers/models.py` (see its requirements.txt).");
}
const page = await rolldown({ input: "bench/peers/page.ts" });
await page.write({ dir: "bench/peers/build" });
writeFileSync("bench/peers/build/index.html", "<!doctype html><title>Peers</title>");

const { dependencies: versions } = JSON.parse(readFileSync("bench/peers/package.json", "utf8"));
const kept: Report | undefined = OUT && existsSync(OUT) ? JSON.parse(readFileSync(OUT, "utf8")) : undefined;
const all: Report = { machine: "", chromium: "", when: "", runs: [], ...kept, versions };
all.machine = cpus()[0]?.model ?? "";
for (let round = 0; round < Number(ROUNDS); round++)
  for (const threads of THREADS.split(",").map(Number))
    for (const contender of CONTENDERS.filter(({ name }) => new RegExp(ONLY).test(name))) {
      const run = await measure(contender, threads);
      console.log(JSON.stringify(run));
      all.runs.push(run);
      all.when = new Date().toISOString();
      if (OUT) writeFileSync(OUT, `${JSON.stringify(all, null, 1)}\n`);
    }
console.log(report(all));

async function measure(contender: Contender, threads: number): Promise<Run> {
  const { url, server } = await serve(FOLDERS, threads > 1 ? ISOLATED : {});
  const served = new Set<string>();
  server.on("request", (request) => served.add(request.url ?? ""));
  const call = `measurePeer(${JSON.stringify(contender)}, ${threads})`;
  const script = `import("/page.js").then(({ measurePeer }) => ${call})`;
  try {
    const measured = await inChromium(`${url}/index.html`, async (evaluate, browser) => {
      all.chromium = browser.version();
      return { ...(await evaluate<Figures>(script)), peakMB: await peakOf(browser) };
    });
    return { name: contender.name, bits: contender.bits, threads, ...measured, ...sizes([...served]) };
  } finally {
    server.close();
  }
}

/** What the page fetched, in MB (1,000,000 bytes): code as gzip makes it, and all else as it is. */
function sizes(served: readonly string[]): { codeMB: number; filesMB: number } {
  const sum = { codeMB: 0, filesMB: 0 };
  for (const url of served) {
    const [prefix, folder] = Object.entries(FOLDERS).find(([start]) => url.startsWith(start)) ?? ["", ""];
    const file = `${folder}/${url.slice(prefix.length)}`;
    if (prefix === "/" || !existsSync(file)) continue;
    const bytes = readFileSync(file);
    if (/\.(?:m?js|wasm)$/.test(url)) sum.codeMB += gzipSync(bytes, { level: 9 }).length / 1e6;
    else sum.filesMB += bytes.length / 1e6;
  }
  return sum;
}
