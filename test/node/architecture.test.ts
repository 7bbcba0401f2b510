import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** What each folder may import, besides itself and packages: demo → src → worker → assembly. */
const ARROWS: Record<string, RegExp> = {
  assembly: /^assembly\//,
  worker: /^worker\//,
  src: /^(?:src\/|worker\/protocol$|worker\/index\.ts$)/,
  demo: /^(?:demo\/|src\/index$)/,
};
/** What a part of the worker must not know. */
const WALLS: Record<string, RegExp> = {
  "worker/model": /^worker\/(?:tokenizer|sampling|checkpoint|inspect\/(?!hooks$))/,
  "worker/tokenizer": /^worker\/(?:model|sampling|checkpoint|wasm|inspect|formats)/,
  "worker/sampling": /^worker\/(?:model|tokenizer|checkpoint|inspect|formats)/,
  "worker/checkpoint": /^worker\/(?:tokenizer|sampling|inspect|wasm|model\/(?!config$))/,
  "worker/formats": /^worker\/(?:model|tokenizer|sampling|checkpoint|inspect)/,
  "worker/generation": /^worker\/(?:model|tokenizer|checkpoint|wasm|inspect|formats)/,
  "worker/machine": /^worker\/(?:tokenizer|sampling|inspect|generation|sequences)/,
  "worker/sequences": /^worker\/(?:tokenizer|checkpoint)/,
  "worker/wasm": /^worker\/(?:tokenizer|sampling|checkpoint|inspect|generation)/,
};

const files = Object.keys(ARROWS).flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => `${folder}/${name}`),
);

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  const specifiers = source.matchAll(/(?:\bfrom|\bimport\(|\bnew URL\(|^import)\s*["'](\.[^"']+)["']/gm);
  return [...specifiers].map(([, path = ""]) => relative(root, join(root, dirname(file), path)));
}

test("imports point one way: demo → src → worker → assembly", () => {
  const wrong = files.flatMap((file) => {
    const folder = file.split("/")[0] ?? "";
    const wall = Object.entries(WALLS).find(([part]) => file.startsWith(`${part}/`))?.[1];
    return importsOf(file)
      .filter((path) => !/\.(?:wasm|css|json)$/.test(path))
      .filter((path) => !ARROWS[folder]?.test(path) || wall?.test(path))
      .map((path) => `${file} → ${path}`);
  });
  expect(wrong).toEqual([]);
});

test("only ops.ts, what fills weights and sampling's passes hand raw pointers to kernels", () => {
  const allowed = /^worker\/(?:wasm\/|machine\/(?:weight-writer|initialise)|sampling\/wasm-kernels)/;
  const callers = files.filter((file) => file.startsWith("worker/") && !allowed.test(file));
  expect(
    callers.filter((file) => /\bkernels\.[a-z]+_[a-z0-9_]+\(/.test(readFileSync(join(root, file), "utf8"))),
  ).toEqual([]);
});

test("source files stay small", () => {
  const long = files.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 251);
  expect(long).toEqual([]);
});
