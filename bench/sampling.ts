import type { Draws } from "./draws-page.ts";
import type { measureMasks } from "./masks-page.ts";
import { call, ISOLATED, onPage } from "./on-page.ts";
import { table } from "./statistics.ts";

/**
 * What a token costs to choose, and a constraint's masks, beside what the token takes on the 124M shape in q8_0, in headless Chromium:
 * `npm run bench:sampling`.
 *
 *   THREADS (1,2)  MODEL (any checkpoint's address)
 */
const { THREADS = "1,2", MODEL = "/synthetic/" } = process.env;
const threads = THREADS.split(",").map(Number);

const tokens: number[] = [];
for (const count of threads) {
  const headers = count > 1 ? ISOLATED : {};
  tokens.push(await ask(headers, call("draws-page", "measureToken", MODEL, count)));
}
console.log(`A token takes ${tokens.map((ms) => ms.toFixed(2)).join(" / ")} ms on ${threads.join(" / ")} threads.\n`);

const draws = await ask<Draws[]>(ISOLATED, call("draws-page", "measureDraws"));
const us = (cost = Number.NaN) => (Number.isNaN(cost) ? "" : cost.toFixed(1));
console.log(
  table(
    ["µs a draw", "kernels", "% of a token", "flat logits", "plain TypeScript"],
    draws.map(({ name, peaked, flat, plain }) => [name, us(peaked), shares(peaked / 1000), us(flat), us(plain)]),
  ),
);

const { tree, masks } = await ask<ReturnType<typeof measureMasks>>(ISOLATED, call("masks-page", "measureMasks"));
console.log(
  `\n${table(
    [
      "ms, masks of a text",
      "mean",
      "% of a token",
      "95th percentile",
      "% of a token",
      "most",
      "written again",
      "to make",
    ],
    masks.map(({ name, make, mean, p95, most, again }) => {
      const [middle, late, worst, known, made] = [mean, p95, most, again, make].map((ms) => ms.toFixed(3)) as string[];
      return [name, middle, shares(mean), late, shares(p95), worst, known, made].map(String);
    }),
  )}\nThe tree of the vocabulary takes ${tree.toFixed(0)} ms, once a model.`,
);

/** On an isolated page the clock has steps of 5 µs, elsewhere of 100. */
function ask<T>(headers: Record<string, string>, script: string): Promise<T> {
  return onPage(headers, (evaluate) => evaluate<T>(script));
}

/** Of a token on each number of threads. */
function shares(ms: number): string {
  return tokens.map((token) => ((100 * ms) / token).toFixed(1)).join(" / ");
}
