import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ISOLATED, serve } from "../../tools/static-server.ts";
import { MODEL, openPage, root } from "../node/page.ts";

const WRITE = `
  const gpt = await loadModel("/model/", { threads: 2 });
  const { ids } = await gpt.generate("Once upon a time", { temperature: 0, maxNewTokens: 12 });
  document.querySelector("#out").textContent = "wrote " + ids.length + " on " + gpt.info.threads;
`;

/** A React component, rendered on a server first. */
const COMPONENT = `
"use client";
import { loadModel } from "gpt-worker";
import { useEffect } from "react";
async function write() {${WRITE}}
export default function Page() {
  useEffect(() => void write(), []);
  return <p id="out" />;
}
`;

const NEXT = {
  packages: ["next@16", "react@19", "react-dom@19"],
  files: {
    "app/layout.jsx": "export default ({ children }) => <html lang='en'><body>{children}</body></html>;",
    "app/page.jsx": COMPONENT,
    "next.config.mjs": 'export default { output: "export" };',
  },
  out: "out",
};

/** A page's project as its author has it, and the command that builds it. */
const FRAMEWORKS = {
  "Next.js": { ...NEXT, build: ["next", "build"] },
  "Next.js with webpack": { ...NEXT, build: ["next", "build", "--webpack"] },
  Parcel: {
    packages: ["parcel@2"],
    files: {
      "index.html": '<p id="out"></p><script type="module" src="./main.js"></script>',
      "main.js": `import { loadModel } from "gpt-worker"; (async () => {${WRITE}})();`,
    },
    build: ["parcel", "build", "index.html"],
    out: "dist",
  },
};

test.each(Object.entries(FRAMEWORKS))("%s builds a page with it", async (_, { packages, files, build, out }) => {
  const folder = mkdtempSync(join(tmpdir(), "gpt-worker-"));
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder, env: { ...process.env, NODE_ENV: "production" }, stdio: "pipe" });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  run("npm", "install", "--no-audit", "--no-fund", ...packages);
  for (const part of ["dist", "package.json"])
    cpSync(join(root, part), join(folder, "node_modules/gpt-worker", part), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  run("npx", ...build);
  const served = await serve({ ...MODEL, "/": `${folder}/${out}/` }, ISOLATED);
  await using opened = await openPage(`${served.url}/index.html`, served);
  await opened.page.waitForSelector("#out:not(:empty)", { timeout: 30_000 });
  expect(await opened.page.textContent("#out")).toBe("wrote 12 on 2");
});
