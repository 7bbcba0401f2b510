import { GPTError } from "../errors";
import { isObject } from "../values";
import { tableAt } from "./fields";

/** The one token that GPT-2 keeps apart from text; `vocab.json` and `merges.txt` can't say so themselves. */
const END_OF_TEXT = "<|endoftext|>";

/**
 * GPT-2's older pair of files as a `tokenizer.json`: the pre-tokenizer is GPT-2's, and `<|endoftext|>` is special if
 * the vocabulary has it. So is what was added to it, which `added_tokens.json` has beside them.
 *
 * @param merges the text of `merges.txt`: a pair a line in rank order, perhaps under a `#version` line
 * @param added text → id
 * @throws GPTError `bad-tokenizer` for a line that is no pair
 */
export function combine(vocab: unknown, merges: string, added: unknown = {}): unknown {
  const own = isObject(vocab) && Object.hasOwn(vocab, END_OF_TEXT) ? { [END_OF_TEXT]: vocab[END_OF_TEXT] } : {};
  const tokens = Object.entries({ ...own, ...tableAt(added, "added_tokens.json") });
  return {
    added_tokens: tokens.map(([content, id]) => ({ id, content, special: true })),
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
    model: { type: "BPE", vocab, merges: pairs(merges) },
  };
}

function pairs(merges: string): [string, string][] {
  const found: [string, string][] = [];
  for (const [index, line] of merges.split(/\r?\n/).entries()) {
    if (line === "" || (index === 0 && line.startsWith("#version"))) continue;
    const [left, right, ...rest] = line.split(" ");
    if (!left || !right || rest.length > 0)
      throw new GPTError(
        "bad-tokenizer",
        `merges.txt: line ${index + 1} is ${JSON.stringify(line.slice(0, 80))}; expected two tokens with one space ` +
          "between; check that the address gives merges.txt itself",
      );
    found.push([left, right]);
  }
  return found;
}
