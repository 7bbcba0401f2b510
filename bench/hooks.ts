import type { HookFigures } from "./hooks-page.ts";
import { call, onPage } from "./on-page.ts";

/**
 * What hooks cost in headless Chromium, on the 124M shape: `npm run bench:hooks`.
 *
 * Off, a pass asks at each place whether there are hooks: that question is timed by itself, as a share of a token.
 * On, a token with every activation's statistics is timed beside a plain one.
 */
const { MODEL = "/synthetic/" } = process.env;

const { tokenMs, tracedMs, askedNs } = await onPage({}, (evaluate) =>
  evaluate<HookFigures>(call("hooks-page", "measureHooks", MODEL)),
);
const share = askedNs / 1e6 / tokenMs;
console.log(
  `a token ${tokenMs.toFixed(2)} ms · asking for hooks ${(askedNs / 1000).toFixed(2)} µs of it, ${(100 * share).toFixed(4)} %`,
);
console.log(
  `a token with every activation's statistics ${tracedMs.toFixed(2)} ms, ${(tracedMs / tokenMs).toFixed(1)} times`,
);
