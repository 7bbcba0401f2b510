import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openBarePage, root } from "./page.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

test("the README's example runs as pasted", async () => {
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(example).toContain("loadModel");
  await using bare = await openBarePage(example);
  const text = () => bare.page.textContent("#out");
  await bare.page.waitForFunction('document.querySelector("#out").textContent.length > 100', null, { timeout: 30_000 });
  expect(await text()).toMatch(/[a-z]+ [a-z]+/);
  expect(bare.log).toEqual([]);
});

test("the README's commands are the scripts of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const used = [...readme.matchAll(/npm (?:run )?(start|test|build|size|[\w:]+)\b/g)].map(([, name]) => name ?? "");
  for (const name of used.filter((each) => each !== "ci")) expect(Object.keys(scripts)).toContain(name);
});
