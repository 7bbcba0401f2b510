import { type Checks, ENGINE, OF_THE_PAGE } from "./engine-options";
import { anything, checkOptions, oneOf, SEED } from "./option-checks";
import type { CreateOptions } from "./protocol";

/** What each option may be. */
const CREATE: Checks<CreateOptions> = {
  ...ENGINE,
  seed: SEED,
  init: oneOf("normal", "torch"),
  initStd: { allowed: "a number from 0 up", holds: (value) => Number.isFinite(value) && Number(value) >= 0 },
  tokenizerFiles: anything,
};

/** Throws a `TypeError` that names a wrong or unknown option, what was found and what is allowed. */
export function checkCreateOptions(options: CreateOptions): void {
  checkOptions("createModel()", options, CREATE, OF_THE_PAGE);
  if (options.seed === undefined) throw new TypeError(`seed: missing; allowed: ${SEED.allowed}`);
  if (options.init === "torch" && options.initStd !== undefined)
    throw new TypeError(
      `initStd: found ${options.initStd} with init 'torch', which has bounds of its own; leave it out`,
    );
}
