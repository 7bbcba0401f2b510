import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { defineConfig, type Plugin } from "rolldown";
import { dts } from "rolldown-plugin-dts";

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

/** The worker's first script asks for the file beside it: as a chunk of its own, start.js would carry a helper that makes a module's namespace. */
const startBeside: Plugin = {
  name: "start-beside",
  resolveId: (source) => (source === "./start" ? { id: "./start.js", external: true } : undefined),
};

/**
 * web-tokenizers carries 3.5 MB of wasm as text in its JavaScript: here it becomes a file beside it, a third smaller to send and ready to compile
 * without decoding. It also asks for Node's modules where it finds itself in Node, and some bundlers follow.
 */
const webTokenizersForBrowsers: Plugin = {
  name: "web-tokenizers-for-browsers",
  transform: {
    filter: { id: /@mlc-ai\/web-tokenizers\/lib\/index\.js$/ },
    handler(code) {
      const start = "function instantiateAsync(binary,binaryFile,imports,callback){return ";
      const base64 = /"data:application\/octet-stream;base64,([^"]+)"/.exec(code)?.[1];
      if (!base64 || !code.includes(start))
        throw new Error("@mlc-ai/web-tokenizers no longer holds its wasm as expected");
      this.emitFile({ type: "asset", fileName: "web-tokenizers.wasm", source: Buffer.from(base64, "base64") });
      const compiled = `const failed = (why) => new DOMException("web-tokenizers.wasm " + why, "NetworkError");
      const compiled = fetch(new URL("./web-tokenizers.wasm", import.meta.url))
        .then(async (response) => {
          if (!response.ok) throw failed("was answered with " + response.status);
          return WebAssembly.compile(await response.arrayBuffer());
        })
        .catch((error) => {
          throw error.name === "NetworkError" ? error : failed("could not be had whole: " + error.message);
        });
      compiled.catch(() => {});`;
      const started =
        "compiled.then(async (module) => callback({ module, instance: await WebAssembly.instantiate(module, imports) }));";
      return {
        map: null,
        code: `${compiled}${code}`
          .replace(base64, "")
          .replace(start, start + started)
          .replaceAll("await import('module')", "({})")
          .replaceAll("require('u' + 'rl')", "({})")
          .replace(/\/\/# sourceMappingURL=.*/, ""),
      };
    },
  },
};

/** The minifier writes backticks; some bundlers look for quotes. */
const quotedUrls: Plugin = {
  name: "quoted-urls",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === "chunk") file.code = file.code.replace(/new URL\(`(\.\/[\w.-]+)`/g, 'new URL("$1"');
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

/** A package that brings no text of its licence has this one's. */
const SAME_LICENCE: Record<string, string> = { "Apache-2.0": "@huggingface/tokenizers" };

function licenceOf(name: string): string {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const text = [name, SAME_LICENCE[license]].map((each) => `node_modules/${each}/LICENSE`).find(existsSync);
  if (!text) throw new Error(`${name} brings no text of its licence, ${license}`);
  return `${name} ${version} (${license})\n\n${readFileSync(text, "utf8").trim()}\n`;
}

const bundled = new Set<string>();

/** Others' code may be passed on with its licence only: the texts for all packages that the passes have met so far. */
const licences: Plugin = {
  name: "licences",
  writeBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
    for (const id of modules) {
      const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id) ?? [];
      if (name) bundled.add(name);
    }
    writeFileSync("dist/THIRD-PARTY-LICENSES.txt", [...bundled].sort().map(licenceOf).join("\n---\n\n"));
  },
};

const output = { dir: "dist", format: "esm", minify: true, chunkFileNames: "[name].js" } as const;

// Four passes, so that the page's file, the worker's first and the thread's are whole by themselves; of start.js's, all the rest is loaded when
// it is needed. A fifth for the types: one file is found under every moduleResolution, and needs nothing that the package does not bring.
export default defineConfig([
  { input: { index: "src/index.ts" }, output, plugins: [workerUrls, quotedUrls, licences] },
  { input: { worker: "worker/index.ts" }, output, plugins: [startBeside] },
  {
    input: { start: "worker/start.ts" },
    output: { ...output, codeSplitting: { groups: [{ name: "start", test: /worker\/(?:start|errors)\.ts$/ }] } },
    plugins: [workerUrls, webTokenizersForBrowsers, quotedUrls, kernels, licences],
  },
  { input: { thread: "worker/wasm/thread.ts" }, output },
  {
    input: { index: "src/index.ts" },
    // Symbol.dispose stands in no lib up to ES2025, and the program that reads the types may name no later one.
    output: { dir: "dist", format: "esm", postBanner: '/// <reference lib="esnext.disposable" />' },
    plugins: [dts({ tsconfig: "src/tsconfig.json", emitDtsOnly: true })],
  },
]);
