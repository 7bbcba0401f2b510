import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "./page.ts";

/** What a program does with the package; each `@ts-expect-error` is an error of tsc's where the line below has type `any`. */
const PROGRAM = `
import { createModel, GPT, type GenerateResult, GPTError, loadModel, type Session, type Token } from "gpt-worker";

const gpt = await loadModel("/model/", { format: "q8_0", onProgress: ({ loaded, total }) => console.log(loaded / total) });
for await (const piece of gpt.generate("Once", { temperature: 0.8 })) document.body.append(piece.trim());
for await (const token of gpt.generate("Once").tokens()) token satisfies Token;
const { text, ids, usage }: GenerateResult = await gpt.generate(await gpt.encode("Once"), { constraint: { regex: "a+" } });
document.title = text.slice(0, ids.length + usage.newTokens);

const session: Session = gpt.session();
await session.generate("And then", { signal: AbortSignal.timeout(1000) });
const saved = await (await session.fork()).save();
await session.restore(saved.subarray(0));

using small = await createModel({ vocabSize: 9, contextLength: 8, embDim: 4, nHeads: 1, nLayers: 1 }, { seed: 1 });
const { activations } = await small.trace([1, 2], { hooks: ["blocks.*.attn.pattern"], stats: false });
for (const { data, shape } of Object.values(activations)) console.log(data.length, shape.length);
try {
  await small.logits([1, 2], { last: true });
} catch (error) {
  if (error instanceof GPTError && error.code === "context-full") gpt.dispose();
}

// @ts-expect-error: no such format
await loadModel("/model/", { format: "q3" });
// @ts-expect-error: a seed is a number
await createModel({ vocabSize: 9, contextLength: 8, embDim: 4, nHeads: 1, nLayers: 1 }, { seed: "1" });
// @ts-expect-error: misspelt
gpt.generate("Once", { top_p: 1 });
// @ts-expect-error: the model's text is a string
const length: number = (await gpt.generate("Once")).text;
// @ts-expect-error: so are the pieces of it
for await (const piece of gpt.generate("Once")) piece.toFixed();
// @ts-expect-error: and a session's
(await session.generate("Once")).text = 1;
// @ts-expect-error: what the worker gives is not the page's to see
gpt.client;
// @ts-expect-error: the class is a type; loadModel makes what has it
new GPT();
`;

/** The package packed and installed, as a program finds it. */
function installed(): string {
  const folder = mkdtempSync(join(tmpdir(), "gpt-worker-types-"));
  const npm = (args: string[], cwd: string) => execFileSync("npm", args, { cwd, encoding: "utf8", stdio: "pipe" });
  const file = npm(["pack", "--silent", "--pack-destination", folder], root).trim();
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  writeFileSync(join(folder, "main.ts"), PROGRAM);
  npm(["install", "--offline", "--no-audit", "--no-fund", `./${file}`], folder);
  return folder;
}

const folder = installed();
const dist = join(folder, "node_modules/gpt-worker/dist");
afterAll(() => rmSync(folder, { recursive: true }));

for (const [moduleResolution, module] of [
  ["nodenext", "nodenext"],
  ["bundler", "esnext"],
] as const) {
  test(`a program is checked under moduleResolution ${moduleResolution}, the package's types with it`, () => {
    const options = {
      module,
      moduleResolution,
      target: "es2022",
      lib: "es2022,dom",
      strict: true,
      skipLibCheck: false,
    };
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const tsc = [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", ...flags, "main.ts"];
    expect(spawnSync(process.execPath, tsc, { cwd: folder, encoding: "utf8" })).toMatchObject({
      status: 0,
      stdout: "",
    });
  });
}

test("the types are one file that needs no other", () => {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".d.ts"));
  expect(files).toEqual(["index.d.ts"]);
  const types = readFileSync(join(dist, "index.d.ts"), "utf8");
  expect(
    types.match(/^\s*import\b.*|\bimport\(.*|\bfrom\s*["'].*|<reference (?:path|types).*|\brequire\(.*/gm),
  ).toBeNull();
});

test("they say what the calls do, and nothing of how the page talks to the worker", () => {
  const types = readFileSync(join(dist, "index.d.ts"), "utf8");
  expect(types).toContain("Loads a checkpoint into a worker of its own.");
  expect(types.match(/\b(?:Remote|Runtime|WorkerClient|EventLog|MessagePort)\b/g)).toBeNull();
});
