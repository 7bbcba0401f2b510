import { call, ISOLATED, onPage } from "./on-page.ts";
import type { Speculated } from "./speculation-page.ts";

/**
 * Where prompt look-up decoding pays, in headless Chromium: `npm run bench:speculation`.
 *
 *   THREADS (1)  ROUNDS (5)  FORMATS (q8_0,f32)  MODELS (addresses with commas: the embedded model and the 124M shape, whose random weights go round in circles)
 */
const { THREADS = "1", ROUNDS = "5", FORMATS = "q8_0,f32" } = process.env;
const { MODELS = "/demo/public/model/,/synthetic/" } = process.env;
const PROPOSALS = [2, 4, 8, 15];
const TEXTS = {
  greedy: { temperature: 0 },
  "greedy, no loops": { temperature: 0, repetitionPenalty: 1.3 },
  "temperature 0.7": { temperature: 0.7, minP: 0.08, repetitionPenalty: 1.12 },
};

console.log(
  `| model | weights | text | foreseen | plain, tokens/s | ${PROPOSALS.map((k) => `speculate ${k}`).join(" | ")} |`,
);
console.log(`|---|---|---|---|---|${PROPOSALS.map(() => "---|").join("")}`);
const settings = MODELS.split(",").flatMap((model) => FORMATS.split(",").map((format) => ({ model, format })));
for (const { model, format } of settings) {
  for (const [text, options] of Object.entries(TEXTS)) {
    const load = { format, threads: Number(THREADS), cache: false };
    const script = call("speculation-page", "measureSpeculation", model, load, Number(ROUNDS), PROPOSALS, options);
    const found = await onPage(Number(THREADS) > 1 ? ISOLATED : {}, (evaluate) => evaluate<Speculated>(script));
    const rates = found.rates.map((rate) => `${(rate / found.plain).toFixed(2)} ×`);
    const foreseen = `${(100 * found.foreseen).toFixed(0)} %`;
    console.log(`| ${[model, format, text, foreseen, found.plain.toFixed(0), ...rates].join(" | ")} |`);
  }
}
