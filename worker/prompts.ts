import { GPTError } from "./errors";
import { slideWindow } from "./generation/slide";
import { type Loaded, tokenizerOf } from "./loaded";
import type { Prompt } from "./protocol";
import type { ResolvedOptions } from "./sampling/options";
import { isTokenId, show } from "./values";

/** A prompt's ids. Throws `TypeError` for one out of range. */
export function encodePrompt(prompt: Prompt, loaded: Loaded): number[] {
  const { vocabSize } = loaded.machine.config;
  const ids = Array.from(typeof prompt === "string" ? tokenizerOf(loaded).encode(prompt) : listed(prompt));
  const wrong = ids.findIndex((id) => !isTokenId(id, vocabSize));
  if (wrong < 0) return ids;
  const found = `${show(ids[wrong])} at ${wrong}`;
  const origin =
    typeof prompt === "string"
      ? ` The tokenizer gave it, which goes to ${tokenizerOf(loaded).vocabSize - 1}: is it the model's?`
      : "";
  throw new TypeError(`The prompt holds the id ${found}, expected whole numbers from 0 to ${vocabSize - 1}.${origin}`);
}

function listed(prompt: unknown): ArrayLike<number> {
  if (Array.isArray(prompt) || (ArrayBuffer.isView(prompt) && "length" in prompt)) return prompt as ArrayLike<number>;
  throw new TypeError(`prompt: found ${show(prompt)}; allowed: a text or an array of token ids`);
}

/** The ids as the beginning of a text: where there are none, as a document begins. Throws `TypeError` for none at all. */
export function begun(ids: number[], { startToken }: Loaded): number[] {
  if (ids.length > 0) return ids;
  if (startToken !== undefined) return [startToken];
  throw new TypeError("The prompt is empty, expected at least one token.");
}

/** A whole text that has to fit the context. Throws `TypeError`, or `GPTError` `context-full`. */
export function wholeText(prompt: Prompt, loaded: Loaded): number[] {
  return fitted(begun(encodePrompt(prompt, loaded), loaded), loaded, { onContextFull: "stop", keepPrefix: 0 });
}

/** A text to go on from, cut to the context where it slides. Throws `GPTError` `context-full` where it does not. */
export function fitted(
  ids: number[],
  { machine }: Loaded,
  { onContextFull, keepPrefix }: Pick<ResolvedOptions, "onContextFull" | "keepPrefix">,
): number[] {
  const { contextLength } = machine.config;
  if (ids.length <= contextLength) return ids;
  if (onContextFull === "slide") return slideWindow(ids, keepPrefix, contextLength);
  throw new GPTError(
    "context-full",
    `The text has ${ids.length} tokens, the model can attend over ${contextLength}. Shorten it; generate() can slide instead (onContextFull: 'slide').`,
  );
}
