import type { Matcher } from "./generation/matcher";
import { createConstraint, type State } from "./sampling/constraint/constraint";
import { createTokenTrie, type TokenTrie } from "./sampling/constraint/token-trie";
import type { ConstraintSpec } from "./sampling/generate-options";
import type { Tokenizer } from "./tokenizer/tokenizer";

/** A vocabulary's tree of tokens is dear to build, and the same for every constraint. */
const tries = new WeakMap<Tokenizer, TokenTrie>();

/** The beginning of a text that has to match. A chunk of its own: loaded with the first constraint. */
export function matcherOf(
  spec: ConstraintSpec,
  tokenizer: Tokenizer,
  vocabSize: number,
  stopTokens: readonly number[],
): Matcher {
  const trie = tries.get(tokenizer) ?? createTokenTrie((id) => tokenizer.bytes(id), vocabSize);
  tries.set(tokenizer, trie);
  const constraint = createConstraint(spec, trie, stopTokens);
  const at = (state: State): Matcher => ({
    get mask() {
      return constraint.mask(state);
    },
    get finished() {
      return constraint.final(state);
    },
    after: (id) => at(constraint.advance(state, id)),
  });
  return at(constraint.start);
}
