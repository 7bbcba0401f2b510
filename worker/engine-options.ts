import { FORMATS } from "./formats";
import { anything, checkOptions, flag, type OptionCheck, wholeNumber } from "./inspect/options";
import type { CreateOptions, LoadOptions } from "./protocol";

type Checks<O> = { [K in keyof O]-?: OptionCheck };

const TEXT: OptionCheck = { allowed: "a text", holds: (value) => typeof value === "string" && value !== "" };
const SEED = wholeNumber(0, 2 ** 32 - 1);

/** What each option may be. */
const ENGINE = {
  format: oneOf(...Object.keys(FORMATS)),
  cacheFormat: oneOf("f32", "f16"),
  kernels: oneOf("auto", "relaxed", "simd"),
  threads: {
    allowed: "'auto' or a whole number from 1 to 64",
    holds: (value: unknown) => value === "auto" || wholeNumber(1, 64).holds(value),
  },
  tokenizer: oneOf("web-tokenizers", "huggingface"),
};
const LOAD: Checks<LoadOptions> = { ...ENGINE, cache: flag, revision: TEXT };
const CREATE: Checks<CreateOptions> = {
  ...ENGINE,
  seed: SEED,
  init: oneOf("normal", "torch"),
  initStd: { allowed: "a number from 0 up", holds: (value) => Number.isFinite(value) && Number(value) >= 0 },
  tokenizerFiles: anything,
};
/** The page keeps these to itself; one may be what was meant. */
const OF_THE_PAGE = ["onProgress", "signal", "workerUrl", "wasmUrl"];

function oneOf(...names: string[]): OptionCheck {
  return { allowed: names.map((name) => `'${name}'`).join(", "), holds: (value) => names.includes(value as string) };
}

/** Throw a `TypeError` that names a wrong or unknown option, what was found and what is allowed. */
export const checkLoadOptions = (options: LoadOptions): void => checkOptions("loadModel()", options, LOAD, OF_THE_PAGE);
export const checkCreateOptions = (options: CreateOptions): void => {
  checkOptions("createModel()", options, CREATE, OF_THE_PAGE);
  if (options.seed === undefined) throw new TypeError(`seed: missing; allowed: ${SEED.allowed}`);
  if (options.init === "torch" && options.initStd !== undefined)
    throw new TypeError(
      `initStd: found ${options.initStd} with init 'torch', which has bounds of its own; leave it out`,
    );
};
