import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./page.ts";

const docs = join(root, "docs");
const text = readFileSync(join(docs, "chapter.md"), "utf8");
const links = [...text.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, name = "", path = ""]) => ({ name, path }));

test("every file that docs/chapter.md names is there", () => {
  expect(links.length).toBeGreaterThan(30);
  expect(links.filter(({ path }) => !existsSync(join(docs, path)))).toEqual([]);
});

test("the panels that it names are in the lab", () => {
  const rows = readFileSync(join(root, "demo/lab/panels.ts"), "utf8");
  const keys = [...rows.matchAll(/from "\.\/panels\/([a-z-]+)"/g)].map(([, key = ""]) => key);
  const named = links.filter(({ path }) => path.startsWith("../demo/lab/panels/")).map(({ name }) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !keys.includes(name))).toEqual([]);
});

test("its numbers stand in the tests it sends the reader to", () => {
  const numbers = readFileSync(join(root, "test/inspect/book-numbers.test.ts"), "utf8").replaceAll("_", ",");
  for (const number of ["4,722,432", "2,360,064", "163,009,536", "124,412,160", "621.83"]) {
    expect(text).toContain(number);
    expect(numbers).toContain(number);
  }
});
