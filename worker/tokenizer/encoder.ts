import type { TokenizerSpec } from "./spec";

/** What a backend does: text without added tokens to ids. The rest is the same for all of them. */
export interface Encoder {
  /** `text` is well-formed and normalized. */
  encode(text: string): ArrayLike<number>;
}

/** The spec in the form that backends read, every field there. */
export function encoderJSON(spec: TokenizerSpec, preTokenizers: object[] = spec.preTokenizers) {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "Sequence", pretokenizers: preTokenizers },
    post_processor: null,
    decoder: null,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: spec.unkToken,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: spec.fuseUnk,
      byte_fallback: false,
      ignore_merges: spec.ignoreMerges,
      vocab: spec.vocab,
      merges: spec.merges,
    },
  };
}
