import { GPTError } from "../errors";
import type { TokenizerPair } from "../parsed-tokenizer";
import { tableAt } from "./fields";
import { pairTokens } from "./pair-tokens";

/**
 * GPT-2's older pair of files, and what lies beside them, as a `tokenizer.json`: the pre-tokenizer is GPT-2's.
 * `merges` has a pair a line in rank order, perhaps under a `#version` line.
 *
 * @throws GPTError `bad-tokenizer` for a line that is no pair
 */
export function combine({ vocab, merges, config = {}, ...older }: TokenizerPair): unknown {
  const settings = tableAt(config, "tokenizer_config.json");
  return {
    added_tokens: pairTokens(vocab, settings, older),
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: settings.add_prefix_space ?? false },
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
