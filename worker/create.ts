import { openFile } from "./checkpoint/fetch";
import { progressOf } from "./checkpoint/progress";
import { readTokenizer } from "./checkpoint/texts";
import { checkCreateOptions } from "./create-options";
import { type Loaded, makeReady } from "./loaded";
import { assemble } from "./machine/assemble";
import { initialise } from "./machine/initialise";
import { startEngine } from "./machine/start-engine";
import { warmUp } from "./machine/warm-up";
import { completeConfig, type GPTConfigInput } from "./model/config";
import { countParameters } from "./model/parameters";
import type { CreateOptions, StartOptions } from "./protocol";
import { createTokenizer } from "./tokenizer/tokenizer";

/** Makes a model with seeded weights. A chunk of its own: most pages load one. */
export async function create(input: GPTConfigInput, options: CreateOptions, start: StartOptions): Promise<Loaded> {
  checkCreateOptions(options);
  const config = completeConfig(input);
  const files = await readTokenizer({ tokenizer: options.tokenizerFiles }, (file) =>
    openFile(file, { ...start, cache: false }),
  );
  const tokenizer = files && (await createTokenizer(files, options.tokenizer));
  const machine = await assemble(config, options, startEngine(options, start.wasmUrl));
  await machine.pool.ready; // what comes now hears no helper
  const { bytes } = countParameters(config);
  const advance = progressOf("make", bytes, (progress) => start.progress.postMessage(progress));
  initialise(machine, options, (count) => advance(4 * count));
  await warmUp(machine);
  const special = { stopTokens: [], startToken: undefined };
  return makeReady(machine, special, tokenizer, options.tokenizer);
}
