import { FORMATS } from "./formats";
import { checkOptions, flag } from "./option-checks";
import type { LoadOptions } from "./protocol";
import { type Check, isText, oneOf, simple } from "./sampling/checks";
import { isWhole } from "./values";

export type Checks<O> = { [K in keyof O]-?: Check };

/** What each option may be. */
export const ENGINE = {
  format: oneOf(...Object.keys(FORMATS)),
  cacheFormat: oneOf("f32", "f16"),
  kernels: oneOf("auto", "relaxed", "simd"),
  threads: simple('"auto" or a whole number from 1 to 64', (value) => value === "auto" || isWhole(value, 1, 64)),
  tokenizer: oneOf("web-tokenizers", "huggingface"),
};
const LOAD: Checks<LoadOptions> = {
  ...ENGINE,
  cache: flag,
  revision: simple("a text", isText),
};

/** The page keeps these to itself; one may be what was meant. */
export const OF_THE_PAGE = ["onProgress", "signal", "workerUrl", "wasmUrl"];

/** Throws a `TypeError` that names a wrong or unknown option, what was found and what is allowed. */
export function checkLoadOptions(options: LoadOptions): void {
  checkOptions("loadModel()", options, LOAD, OF_THE_PAGE);
}
