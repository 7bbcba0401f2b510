import type { TokenizerPair } from "../parsed-tokenizer";
import { isObject } from "../values";
import { type Table, tableAt } from "./fields";

const END_OF_TEXT = "<|endoftext|>";
/** Names that stand where the files give no others. */
const NAMES = { bos_token: END_OF_TEXT, eos_token: END_OF_TEXT, unk_token: END_OF_TEXT };

/**
 * The tokens that are cut out of a text before GPT-2's older pair of files sees it, as `added_tokens` of a
 * `tokenizer.json`: those of the vocabulary that have a name, and what was added to it. As transformers'
 * `GPT2Tokenizer` reads the files: `added_tokens_decoder` makes the two older ones idle. But a named token that is
 * nowhere gets no id.
 *
 * @param settings the table of `tokenizer_config.json`
 * @throws GPTError `bad-tokenizer` for files that are no tables
 */
export function pairTokens(
  vocab: unknown,
  settings: Table,
  { added = {}, special = {} }: Pick<TokenizerPair, "added" | "special">,
): Table[] {
  const { added_tokens_decoder: decoder } = settings;
  const isOlder = decoder === undefined;
  const named = namedTokens({ ...NAMES, ...settings, ...(isOlder && tableAt(special, "special_tokens_map.json")) });
  const listed = isOlder ? olderList(added, new Set(named.keys())) : readDecoder(decoder);
  for (const { content } of listed) named.delete(content);
  const ids = isObject(vocab) ? vocab : {};
  const own = [...named.values()].filter(({ content }) => Object.hasOwn(ids, String(content)));
  return [...own.map((token) => ({ ...token, id: ids[String(token.content)] })), ...listed];
}

/** The tokens under `…_token`, `extra_special_tokens` and `additional_special_tokens`: texts, or objects with flags. */
function namedTokens(settings: Table): Map<unknown, Table> {
  const values = Object.entries(settings).flatMap(([key, value]) => {
    if (key.endsWith("_token")) return [value];
    return key.endsWith("_special_tokens") && typeof value === "object" ? Object.values(value ?? {}) : [];
  });
  const tokens = new Map<unknown, Table>();
  for (const value of values) {
    const token = isObject(value) ? value : { content: value };
    if (typeof token.content === "string") tokens.set(token.content, { special: true, ...token });
  }
  return tokens;
}

const olderList = (added: unknown, special: ReadonlySet<unknown>): Table[] =>
  Object.entries(tableAt(added, "added_tokens.json")).map(([content, id]) => ({
    id,
    content,
    special: special.has(content),
  }));

const readDecoder = (decoder: unknown): Table[] =>
  Object.entries(tableAt(decoder, "added_tokens_decoder")).map(([id, token]) => ({
    ...tableAt(token, `added_tokens_decoder[${id}]`),
    id: Number(id),
  }));
