import type { CreateOptions, LoadOptions } from "./protocol";
import { nearest } from "./sampling/nearest";

interface Choice {
  expected: string;
  holds(value: unknown): boolean;
}

type Choices<O> = { [K in keyof O]-?: Choice };

const ANYTHING: Choice = { expected: "", holds: () => true };
const FLAG: Choice = { expected: "true or false", holds: (value) => typeof value === "boolean" };
const TEXT: Choice = { expected: "a text", holds: (value) => typeof value === "string" && value !== "" };
const SEED: Choice = {
  expected: "a whole number from 0 to 4294967295",
  holds: (value) => Number.isInteger(value) && Number(value) === Number(value) >>> 0,
};

/** What each option may be. */
const ENGINE = {
  format: oneOf("f32", "f16", "q8_0", "q4_0"),
  cacheFormat: oneOf("f32", "f16"),
  kernels: oneOf("auto", "relaxed", "simd"),
  threads: {
    expected: "'auto' or a whole number from 1 to 64",
    holds: (value: unknown) =>
      value === "auto" || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 64),
  },
  tokenizer: oneOf("web-tokenizers", "huggingface"),
};
const LOAD: Choices<LoadOptions> = { ...ENGINE, cache: FLAG, revision: TEXT };
const CREATE: Choices<CreateOptions> = {
  ...ENGINE,
  seed: SEED,
  init: oneOf("normal", "torch"),
  initStd: { expected: "a number from 0 up", holds: (value) => Number.isFinite(value) && Number(value) >= 0 },
  tokenizerFiles: ANYTHING,
};
/** The page keeps these to itself; one may be what was meant. */
const OF_THE_PAGE = ["onProgress", "signal", "workerUrl", "wasmUrl"];

function oneOf(...names: string[]): Choice {
  return { expected: names.map((name) => `'${name}'`).join(", "), holds: (value) => names.includes(value as string) };
}

/** Throw a `TypeError` that names a wrong or unknown option, what was found and what is expected. */
export const checkLoadOptions = (options: LoadOptions): void => check("loadModel()", options, LOAD);
export const checkCreateOptions = (options: CreateOptions): void => {
  check("createModel()", options, CREATE);
  if (options.seed === undefined) throw new TypeError(`seed is missing, expected ${SEED.expected}.`);
  if (options.init === "torch" && options.initStd !== undefined)
    throw new TypeError(`initStd is ${options.initStd}, but init 'torch' has bounds of its own: leave it out.`);
};

function check<O extends object>(call: string, options: O, choices: Choices<O>): void {
  for (const [name, value] of Object.entries(options)) {
    const choice = Object.hasOwn(choices, name) ? choices[name as keyof O] : undefined;
    if (!choice) {
      const known = [...Object.keys(choices), ...OF_THE_PAGE];
      throw new TypeError(`${name} is not an option of ${call}; ${nearest(name, known)}`);
    }
    if (value !== undefined && !choice.holds(value)) {
      throw new TypeError(`${name} is ${JSON.stringify(value)}, expected ${choice.expected}.`);
    }
  }
}
