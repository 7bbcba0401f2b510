import { resolve } from "node:path";
import { expect, test } from "vitest";
import { ISOLATED, serve } from "../../tools/static-server.ts";
import { type Engine, inEngine } from "./engine.ts";

const dist = `${resolve(import.meta.dirname, "../../dist")}/`;
/** WebKit's isolated pages ask for the second of another origin's worker. */
const CDN = { "Access-Control-Allow-Origin": "*", "Cross-Origin-Embedder-Policy": "require-corp" };

/** The package from `cdn`, on a page that another server has. */
const script = (cdn: string) => `
export async function report() {
  const { loadModel } = await import("${cdn}/dist/index.js");
  const gpt = await loadModel("/model/");
  const { ids } = await gpt.generate("Once upon a time", { temperature: 0, maxNewTokens: 12 });
  return { count: ids.length, threads: gpt.info.threads > 1 };
}
`;

test.each<[Engine, boolean, Record<string, string>]>([
  ["firefox", false, {}],
  ["firefox", true, ISOLATED],
  ["webkit", false, {}],
  ["webkit", false, ISOLATED], // it can't share its memory with a thread of such a worker
])("the package runs from another origin in %s, with threads: %s", async (engine, threads, headers) => {
  await using cdn = await serve({ "/dist/": dist }, CDN);
  expect(await inEngine(engine, script(cdn.url), headers)).toEqual({ count: 12, threads });
});
