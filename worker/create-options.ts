import { type Checks, ENGINE, OF_THE_PAGE } from "./engine-options";
import { anything, checkOptions, SEED } from "./option-checks";
import type { CreateOptions } from "./protocol";
import { ensure, number, oneOf } from "./sampling/checks";

/** What each option may be. */
const CREATE: Checks<CreateOptions> = {
  ...ENGINE,
  seed: SEED,
  init: oneOf("normal", "torch"),
  initStd: number(0),
  tokenizerFiles: anything,
};

/** Throws a `TypeError` that names a wrong or unknown option, what was found and what is allowed. */
export function checkCreateOptions(options: CreateOptions): void {
  checkOptions("createModel()", options, CREATE, OF_THE_PAGE);
  ensure("seed", options.seed, SEED); // needed
  if (options.init === "torch" && options.initStd !== undefined)
    throw new TypeError(
      `initStd: found ${options.initStd} with init 'torch', which has bounds of its own; leave it out`,
    );
}
