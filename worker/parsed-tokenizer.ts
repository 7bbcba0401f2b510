/** A tokenizer's files: `tokenizer.json` parsed, or GPT-2's older pair. */
export type TokenizerFiles = { json: unknown } | TokenizerPair;

/** `vocab.json` parsed and `merges.txt` as text, with what may lie beside them, parsed. */
export interface TokenizerPair {
  vocab: unknown;
  merges: string;
  /** `added_tokens.json` */
  added?: unknown;
  /** `tokenizer_config.json` */
  config?: unknown;
  /** `special_tokens_map.json` */
  special?: unknown;
}
