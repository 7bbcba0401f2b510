import { copyFileSync, mkdirSync } from "node:fs";
import { defineConfig, type Plugin } from "rolldown";

/** The literals that bundlers look for, as they read once the files lie side by side in dist/. */
const URLS: Record<string, string> = { "../worker/index.ts": "./worker.js", "./thread.ts": "./thread.js" };

const workerUrls: Plugin = {
  name: "worker-urls",
  transform(code, id) {
    if (!/\/(?:src|worker)\//.test(id)) return;
    const moved = Object.entries(URLS).reduce(
      (text, [from, to]) => text.replaceAll(`new URL("${from}", import.meta.url)`, `new URL("${to}", import.meta.url)`),
      code,
    );
    return moved === code ? undefined : moved;
  },
};

/** web-tokenizers asks for Node's modules where it finds itself in Node, and some bundlers follow. */
const webTokenizersForBrowsers: Plugin = {
  name: "web-tokenizers-for-browsers",
  transform: {
    filter: { id: /@mlc-ai\/web-tokenizers\/lib\/index\.js$/ },
    handler: (code) => ({
      map: null,
      code: code
        .replaceAll("await import('module')", "({})")
        .replaceAll("require('u' + 'rl')", "({})")
        .replace(/\/\/# sourceMappingURL=.*/, ""),
    }),
  },
};

/** The minifier writes backticks; some bundlers look for quotes. */
const quotedUrls: Plugin = {
  name: "quoted-urls",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === "chunk") file.code = file.code.replace(/new URL\(`(\.\/[\w.]+)`/g, 'new URL("$1"');
    }
  },
};

const kernels: Plugin = {
  name: "kernels",
  writeBundle() {
    mkdirSync("dist", { recursive: true });
    for (const name of ["simd", "relaxed"]) {
      copyFileSync(`worker/wasm/kernels.${name}.wasm`, `dist/kernels.${name}.wasm`);
    }
  },
};

const output = { dir: "dist", format: "esm", minify: true, chunkFileNames: "[name].js" } as const;

// Three passes, so that each file that a page or worker starts is whole by itself; the tokenizers are lazy chunks.
export default defineConfig([
  { input: { index: "src/index.ts" }, output, plugins: [workerUrls, quotedUrls] },
  {
    input: { worker: "worker/index.ts" },
    output,
    plugins: [workerUrls, webTokenizersForBrowsers, quotedUrls, kernels],
  },
  { input: { thread: "worker/wasm/thread.ts" }, output },
]);
