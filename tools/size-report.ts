import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** What a page loads before it has a model, with all that these import at once: not the tokenizers and other lazy chunks. */
const CORE = ["index.js", "worker.js", "start.js", "thread.js", "kernels.relaxed.wasm"];
export const LIMIT_KB = 60;

export interface Sizes {
  files: { name: string; kb: number; gzipKb: number; core: boolean }[];
  coreGzipKb: number;
}

/** Sizes of the built package, in kB (1,000 bytes), raw and gzipped. */
export function sizes(folder = "dist"): Sizes {
  const loaded = new Set(CORE);
  for (const name of loaded) {
    const code = name.endsWith(".js") ? readFileSync(`${folder}/${name}`, "utf8") : "";
    for (const [, imported = ""] of code.matchAll(/\bfrom\s*["'`]\.\/([\w.-]+)["'`]/g)) loaded.add(imported); // and goes on with it
  }
  const files = readdirSync(folder)
    .filter((name) => /\.(?:js|wasm)$/.test(name))
    .map((name) => {
      const bytes = readFileSync(`${folder}/${name}`);
      const gzipKb = gzipSync(bytes, { level: 9 }).length / 1000;
      return { name, kb: bytes.length / 1000, gzipKb, core: loaded.has(name) };
    });
  return { files, coreGzipKb: files.reduce((sum, { core, gzipKb }) => sum + (core ? gzipKb : 0), 0) };
}

/** The report as a table. */
export function sizeTable({ files, coreGzipKb }: Sizes): string {
  const rows = files.map(
    ({ name, kb, gzipKb, core }) =>
      `${core ? "*" : " "} ${name.padEnd(24)} ${kb.toFixed(1).padStart(8)} kB ${gzipKb.toFixed(1).padStart(8)} kB gzip`,
  );
  return [...rows, `* SDK + worker + kernels: ${coreGzipKb.toFixed(1)} kB gzip, at most ${LIMIT_KB} kB`].join("\n");
}
