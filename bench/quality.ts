import { readFileSync } from "node:fs";
import { call, ISOLATED, onPage } from "./on-page.ts";
import type { Quality } from "./quality-page.ts";

/**
 * What each number format costs in quality, against the same model in f32: `npm run bench:quality`.
 *
 *   MODEL (/demo/public/model/; /synthetic/ is the 124M shape with random weights)  TEXTS (12)  LENGTH (448)
 *   TEXT (a plain text file; without it the f32 model writes the texts itself, at temperature 1)
 */
const { TEXT = "" } = process.env;
const { MODEL = "/demo/public/model/", TEXTS = "12", LENGTH = "448" } = process.env;
const SETTINGS = [
  { format: "f32", cacheFormat: "f16" },
  { format: "f16", cacheFormat: "f16" },
  { format: "q8_0", cacheFormat: "f32" },
  { format: "q8_0", cacheFormat: "f16" },
  { format: "q4_0", cacheFormat: "f16" },
];

const text = TEXT ? [readFileSync(TEXT, "utf8")] : [];
const script = call("quality-page", "measureQuality", MODEL, SETTINGS, Number(TEXTS), Number(LENGTH), ...text);
const results = await onPage(ISOLATED, (evaluate) => evaluate<Quality[]>(script));
console.log(`${MODEL}, ${results[0]?.positions} positions\n`);
console.log("| weights | cache | MB | mean KL, nats | same best token | perplexity |\n|---|---|---|---|---|---|");
for (const { format, cacheFormat, weightMB, meanKL, top1, perplexity } of results) {
  const cells = [format, cacheFormat, weightMB.toFixed(1), meanKL.toExponential(1), `${(100 * top1).toFixed(2)} %`];
  console.log(`| ${cells.join(" | ")} | ${perplexity.toFixed(3)} |`);
}
