import { FORMATS } from "./formats";
import { checkOptions, flag, type OptionCheck, oneOf, wholeNumber } from "./option-checks";
import type { LoadOptions } from "./protocol";

export type Checks<O> = { [K in keyof O]-?: OptionCheck };

/** What each option may be. */
export const ENGINE = {
  format: oneOf(...Object.keys(FORMATS)),
  cacheFormat: oneOf("f32", "f16"),
  kernels: oneOf("auto", "relaxed", "simd"),
  threads: {
    allowed: "'auto' or a whole number from 1 to 64",
    holds: (value: unknown) => value === "auto" || wholeNumber(1, 64).holds(value),
  },
  tokenizer: oneOf("web-tokenizers", "huggingface"),
};
const LOAD: Checks<LoadOptions> = {
  ...ENGINE,
  cache: flag,
  revision: { allowed: "a text", holds: (value) => typeof value === "string" && value !== "" },
};

/** The page keeps these to itself; one may be what was meant. */
export const OF_THE_PAGE = ["onProgress", "signal", "workerUrl", "wasmUrl"];

/** Throws a `TypeError` that names a wrong or unknown option, what was found and what is allowed. */
export function checkLoadOptions(options: LoadOptions): void {
  checkOptions("loadModel()", options, LOAD, OF_THE_PAGE);
}
