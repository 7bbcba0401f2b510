import { anything, flag, type OptionCheck, wholeNumber } from "./inspect/options";
import type { CreateOptions, LoadOptions } from "./protocol";
import { noOption } from "./sampling/nearest";

type Checks<O> = { [K in keyof O]-?: OptionCheck };

const TEXT: OptionCheck = { allowed: "a text", holds: (value) => typeof value === "string" && value !== "" };
const SEED = wholeNumber(0, 2 ** 32 - 1);

/** What each option may be. */
const ENGINE = {
  format: oneOf("f32", "f16", "q8_0", "q4_0"),
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

/** Throw a `TypeError` that names a wrong or unknown option, what was found and what is expected. */
export const checkLoadOptions = (options: LoadOptions): void => checkAll("loadModel()", options, LOAD);
export const checkCreateOptions = (options: CreateOptions): void => {
  checkAll("createModel()", options, CREATE);
  if (options.seed === undefined) throw new TypeError(`seed is missing, expected ${SEED.allowed}.`);
  if (options.init === "torch" && options.initStd !== undefined)
    throw new TypeError(`initStd is ${options.initStd}, but init 'torch' has bounds of its own: leave it out.`);
};

function checkAll<O extends object>(call: string, options: O, checks: Checks<O>): void {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof O] : undefined;
    if (!check) throw noOption(name, call, [...Object.keys(checks), ...OF_THE_PAGE]);
    if (value !== undefined && !check.holds(value)) {
      throw new TypeError(`${name} is ${JSON.stringify(value)}, expected ${check.allowed}.`);
    }
  }
}
