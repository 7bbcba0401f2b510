/**
 * A tokenizer's files: `tokenizer.json` parsed; or GPT-2's older pair, `vocab.json` parsed and `merges.txt` as text, with
 * `added_tokens.json` parsed where there is one.
 */
export type TokenizerFiles = { json: unknown } | { vocab: unknown; merges: string; added?: unknown };
