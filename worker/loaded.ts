import { GPTError } from "./errors";
import type { Machine } from "./machine/assemble";
import { countParameters } from "./model/parameters";
import type { ModelInfo } from "./protocol";
import type { SamplingKernels } from "./sampling/kernels";
import { createWasmKernels } from "./sampling/wasm-kernels";
import { Sequence } from "./sequences/sequence";
import { Sessions } from "./sequences/sessions";
import type { Tokenizer } from "./tokenizer/tokenizer";

/** What a checkpoint says of its tokens. */
export interface SpecialTokens {
  stopTokens: readonly number[];
  /** What an empty text begins with. */
  startToken: number | undefined;
}

/** A model ready to work. */
export interface Loaded extends SpecialTokens {
  machine: Machine;
  tokenizer: Tokenizer | undefined;
  sampling: SamplingKernels;
  /** What plain calls have read; the next one goes on from what they share. */
  main: Sequence;
  sessions: Sessions;
  info: ModelInfo;
}

/** Makes a model whose weights are written ready to work. */
export function makeReady(
  machine: Machine,
  special: SpecialTokens,
  tokenizer: Tokenizer | undefined,
  backend: ModelInfo["tokenizer"] = "web-tokenizers",
): Loaded {
  let main: Sequence | undefined; // its cache is taken with the first call, not while loading
  const { engine, arena, config } = machine;
  const sampling = createWasmKernels(engine.kernels, engine.memory, (bytes) => arena.take(bytes), config.vocabSize);
  const count = countParameters(config).total;
  return {
    machine,
    tokenizer,
    ...special,
    sampling,
    get main() {
      main ??= new Sequence(machine);
      return main;
    },
    sessions: new Sessions(machine),
    get info() {
      return { ...machine.info, parameters: count, memoryBytes: arena.bytes, tokenizer: tokenizer ? backend : "none" };
    },
  };
}

/** Throws `GPTError` `no-tokenizer` where there is none. */
export function tokenizerOf({ tokenizer }: Loaded): Tokenizer {
  if (tokenizer) return tokenizer;
  throw new GPTError("no-tokenizer", "This model has no tokenizer: pass token ids, or load it with tokenizer files.");
}

/** The text of one token by itself; none without a tokenizer. */
export function tokenText({ tokenizer }: Loaded, id: number): string {
  return tokenizer?.decode([id]) ?? "";
}
