import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { expect, test, vi } from "vitest";
import { LIMIT_KB, sizes, sizeTable } from "../../tools/size-report.ts";
import { ISOLATED, serve } from "../../tools/static-server.ts";
import { type Instead, openBarePage, root } from "./page.ts";

const SCRIPT = `
import { loadModel, support } from "gpt-worker";
const gpt = await loadModel("/model/");
const { text, ids } = await gpt.generate("Once upon a time", { temperature: 0, maxNewTokens: 12 });
console.log(JSON.stringify({ text, count: ids.length, threads: gpt.info.threads, reason: gpt.info.threadsReason, isolation: support().isolation }));
gpt.dispose();
document.querySelector("#out").textContent = "done";
`;
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

/** What the page's script reported, and the violations of its policy that the browser complained of. */
async function report(headers: Record<string, string>, script = SCRIPT, instead: Instead = {}) {
  await using bare = await openBarePage(script, headers, instead);
  await bare.page.waitForSelector("#out:not(:empty)", { timeout: 30_000 });
  const result = bare.log.find((line) => line.startsWith("{"));
  return {
    ...JSON.parse(result ?? `{"log": ${JSON.stringify(bare.log)}}`),
    violations: bare.log.filter((line) => /Content.Security.Policy/i.test(line)),
  };
}

test("the built package runs in a bare page, isolated or not, with the same text", async () => {
  const plain = await report({});
  const isolated = await report(ISOLATED);
  expect(plain).toMatchObject({ count: 12, threads: 1, isolation: false });
  expect(isolated).toMatchObject({ count: 12, isolation: true });
  expect(isolated.text).toBe(plain.text);
});

test("it runs under a strict content security policy", async () => {
  expect(await report({ "Content-Security-Policy": POLICY })).toMatchObject({ count: 12, violations: [] });
  expect(await report({ ...ISOLATED, "Content-Security-Policy": POLICY })).toMatchObject({
    count: 12,
    isolation: true,
    violations: [],
  });
});

test("it runs in a page without an origin, as a sandboxed frame is", async () => {
  const headers = { "Content-Security-Policy": "sandbox allow-scripts", "Access-Control-Allow-Origin": "*" };
  expect(await report(headers)).toMatchObject({ count: 12, threads: 1 });
  const isolated = { ...ISOLATED, ...headers, "Cross-Origin-Resource-Policy": "cross-origin" };
  expect((await report(isolated)).reason).toContain("without an origin");
});

test("it runs from another origin, as a CDN's, threads too", async () => {
  await using cdn = await serve({ "/dist/": `${root}/dist/` }, { "Access-Control-Allow-Origin": "*" });
  const script = SCRIPT.replace('"gpt-worker"', `"${cdn.url}/dist/index.js"`);
  const threads = script.replace('"/model/"', '"/model/", { threads: 2 }');
  expect(await report({}, script)).toMatchObject({ count: 12, threads: 1 });
  expect(await report(ISOLATED, threads)).toMatchObject({ count: 12, threads: 2, isolation: true });
  const policy = `default-src 'none'; script-src 'self' ${cdn.url} 'wasm-unsafe-eval'; worker-src blob: ${cdn.url}; connect-src 'self' ${cdn.url}`;
  const strict = await report({ ...ISOLATED, "Content-Security-Policy": policy }, threads);
  expect(strict).toMatchObject({ count: 12, threads: 2, violations: [] });
});

const FAILING = `
import { loadModel } from "gpt-worker";
const started = performance.now();
try {
  await loadModel("/model/");
} catch ({ code, message }) {
  console.log(JSON.stringify({ code, message, ms: performance.now() - started }));
}
document.querySelector("#out").textContent = "done";
`;

test("a policy that forbids the worker or WebAssembly is named, at once", async () => {
  const noWorker = await report(
    { "Content-Security-Policy": POLICY.replace("worker-src 'self'", "worker-src 'none'") },
    FAILING,
  );
  expect(noWorker.message).toContain("worker-src");
  const noWasm = await report({ "Content-Security-Policy": POLICY.replace(" 'wasm-unsafe-eval'", "") }, FAILING);
  expect(noWasm.message).toContain("of the page or of worker.js");
  expect(noWasm.message).toContain("wasm-unsafe-eval");
  expect(Math.max(noWorker.ms, noWasm.ms)).toBeLessThan(15_000);
});

test("a policy that forbids the model's server is named", async () => {
  const script = FAILING.replace('"/model/"', '"https://elsewhere.example/model/"');
  const { code, message } = await report({ "Content-Security-Policy": POLICY }, script);
  expect(code).toBe("network");
  expect(message).toContain("connect-src");
});

test("a worker that is not isolated as its page is, and a thread's script that does not come, are told", async () => {
  await using bare = await openBarePage(FAILING, ISOLATED);
  const plain = { path: join(root, "dist/worker.js"), contentType: "text/javascript" };
  await bare.page.route("**/worker.js", (route) => route.fulfill(plain));
  await bare.page.reload();
  await bare.page.waitForSelector("#out:not(:empty)");
  expect(bare.log.findLast((line) => line.startsWith("{"))).toContain("Cross-Origin-Embedder-Policy");
  const threads = FAILING.replace('"/model/"', '"/model/", { threads: 2 }');
  const { code, message } = await report(ISOLATED, threads, { "/dist/thread.js": undefined });
  expect(code).toBe("thread-failed");
  expect(message).toMatch(/thread\.js could not be loaded.*Cross-Origin-Embedder-Policy/);
});

test("a load that rejects for its threads leaves no worker", async () => {
  const script = `import * as api from "gpt-worker"; Object.assign(globalThis, { api });`;
  await using bare = await openBarePage(script, ISOLATED, { "/dist/thread.js": undefined });
  await bare.page.waitForFunction("api");
  const load = 'api.loadModel("/model/", { threads: 2 }).catch(({ code }) => code)';
  for (let times = 0; times < 4; times++) expect(await bare.page.evaluate(load)).toBe("thread-failed");
  await vi.waitFor(() => expect(bare.page.workers()).toHaveLength(0), { timeout: 4000 });
});

test("a worker that a bundler left out is told with the page that helps", async () => {
  const { code, message } = await report({}, FAILING, { "/dist/worker.js": undefined });
  expect(code).toBe("worker-failed");
  expect(message).toContain("docs/bundlers.md");
});

const START_PAGE = "<!doctype html><title>app</title>";

test.each([
  ["web-tokenizers.wasm", "missing", () => undefined],
  ["web-tokenizers.wasm", "a web page", () => START_PAGE],
  ["web-tokenizers.wasm", "cut", (whole: Uint8Array) => whole.subarray(0, whole.length / 2)],
  ["web-tokenizers.js", "missing", () => undefined],
  ["web-tokenizers.js", "a web page", () => START_PAGE],
])("a tokenizer whose %s is %s is no fault of the model's", async (file, _, instead) => {
  const whole = readFileSync(join(root, "dist", file));
  const { code, message } = await report({}, FAILING, { [`/dist/${file}`]: instead(whole) });
  expect(code).toBe("network");
  expect(message).toContain("The tokenizer's code could not be loaded");
  expect(message).toContain(file);
});

test("a part that few models need, and that does not come, is no fault of theirs either", async () => {
  const gguf = FAILING.replace('"/model/"', 'new Blob(["GGUF, and more"])');
  const { code, message } = await report({}, gguf, { "/dist/gguf-model.js": undefined });
  expect(code).toBe("network");
  expect(message).toMatch(/A part of the worker could not be fetched.*gguf-model\.js/);
});

test("kernels that came cut are told with their address, not run without", async () => {
  const whole = readFileSync(join(root, "dist/kernels.relaxed.wasm"));
  const cut = { "/dist/kernels.relaxed.wasm": whole.subarray(0, whole.length / 2) };
  const { code, message } = await report({}, FAILING, cut);
  expect(code).toBe("wasm-failed");
  expect(message).toContain("/dist/kernels.relaxed.wasm");
});

test("SDK, worker and kernels stay small", () => {
  const measured = sizes(join(root, "dist"));
  console.log(sizeTable(measured));
  expect(measured.coreGzipKb).toBeLessThan(LIMIT_KB);
});

test("on a server the package can be imported, and its calls say where they work", async () => {
  const sdk = await import(join(root, "dist/index.js"));
  expect(sdk.countParameters(sdk.GPT_CONFIG_124M).total).toBe(163_009_536);
  expect(sdk.support()).toMatchObject({ threads: false, isolation: false });
  for (const call of [
    () => sdk.loadModel("/model/", { wasmUrl: "/kernels.wasm" }),
    () => sdk.createModel(sdk.GPT_CONFIG_124M, { seed: 1 }),
    () => sdk.shortcutGradients(),
  ]) {
    await expect(call()).rejects.toMatchObject({
      code: "unsupported-browser",
      message: expect.stringContaining("not on a server"),
    });
  }
});

test("a tool that reads no exports, Parcel or an older TypeScript, finds the same files", () => {
  const { main, types, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect({ types, import: main }).toEqual(exports["."]);
});

test("the pages that the package's texts name are in it", () => {
  const packed = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: root, encoding: "utf8" }));
  const paths = packed[0].files.map(({ path }: { path: string }) => path);
  const code = readdirSync(join(root, "dist")).filter((name) => /\.(?:js|d\.ts)$/.test(name));
  const texts = ["README.md", ...code.map((name) => `dist/${name}`)].map((name) =>
    readFileSync(join(root, name), "utf8"),
  );
  const named = new Set(texts.join().match(/\bdocs\/[a-z]+\.md/g));
  expect(named.size).toBeGreaterThan(5);
  expect([...named].filter((path) => !paths.includes(path))).toEqual([]);
});

test("what is bundled comes with its licences", () => {
  const texts = readFileSync(join(root, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
  expect([...texts.matchAll(/^(\S+) [\d.]+ \((.*)\)$/gm)].map(([, name, licence]) => `${name}: ${licence}`)).toEqual([
    "@eslint-community/regexpp: MIT",
    "@huggingface/tokenizers: Apache-2.0",
    "@mlc-ai/web-tokenizers: Apache-2.0",
    "comlink: Apache-2.0",
  ]);
  expect(texts).toContain("Copyright (c) 2018 Toru Nagashima");
  expect(texts).toContain("Copyright 2017 Google Inc.");
  expect(texts.match(/TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION/g)).toHaveLength(3);
});

test("publint finds nothing", async () => {
  const { messages } = await publint({ pkgDir: root, level: "warning", strict: true });
  expect(messages).toEqual([]);
});

test("the page's files import nothing that is not beside them", () => {
  for (const name of ["index.js", "worker.js", "start.js", "thread.js"]) {
    const imports = readFileSync(join(root, "dist", name), "utf8").matchAll(/\bfrom\s*["'`]([\w@./-]+)["'`]/g);
    expect([...imports].map(([, from]) => from).filter((from) => !from?.startsWith("./"))).toEqual([]);
  }
});

test("no chunk imports a worker's first script, which WebKit would run again", () => {
  const chunks = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".js"));
  expect(chunks.length).toBeGreaterThan(8);
  for (const name of chunks) {
    const code = readFileSync(join(root, "dist", name), "utf8");
    expect(code, name).not.toMatch(/\b(?:from|import\()\s*["'`]\.\/(?:worker|thread)\.js/);
  }
});
