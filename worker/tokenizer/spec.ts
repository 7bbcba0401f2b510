import { show } from "../values";
import type { AddedToken } from "./added-tokens";
import { BYTE_CHARACTERS } from "./byte-alphabet";
import { flagAt, idAt, isId, listAt, refuse, refuseId, type Table, tableAt } from "./fields";
import { type PreTokenizer, readPreTokenizer } from "./pre-tokenizers";

/** What a byte-level BPE tokenizer is made of, checked: the part of a `tokenizer.json` that has a say in ids and text. */
export interface TokenizerSpec {
  vocab: Readonly<Record<string, number>>;
  /** By id; there may be gaps. */
  tokens: readonly (string | undefined)[];
  /** In rank order, all as `left right` or all as pairs. */
  merges: readonly string[] | readonly (readonly string[])[];
  /** A word that is a token as it stands is taken whole. */
  ignoreMerges: boolean;
  /** For a byte without a token; only vocabularies that lack one of the 256 need it. */
  unkToken: string | null;
  fuseUnk: boolean;
  addedTokens: AddedToken[];
  normalize: (text: string) => string;
  preTokenizers: PreTokenizer[];
}

/**
 * Checks a parsed `tokenizer.json` and takes what matters from it. Nothing unchecked reaches a backend: web-tokenizers
 * panics on what it can't read, and is dead from then on.
 *
 * @throws GPTError `bad-tokenizer`, also for a tokenizer that is no byte-level BPE, by the type found
 */
export function readSpec(json: unknown): TokenizerSpec {
  const file = tableAt(json, "the file");
  const model = file.model === undefined ? refuseParts(file) : tableAt(file.model, "model");
  const type = model.type ?? (model.merges ? "BPE" : undefined); // files of 2020 have no model.type
  if (type !== "BPE")
    refuse(`model.type is ${show(type)}`, "only byte-level BPE (GPT-2's and its descendants') is supported");
  for (const affix of ["continuing_subword_prefix", "end_of_word_suffix"])
    if (model[affix]) refuse(`model.${affix} is ${show(model[affix])}`, "byte-level BPE with affixes is not supported");

  const vocab = readVocab(model.vocab);
  return {
    vocab: vocab.vocab,
    tokens: vocab.tokens,
    merges: readMerges(model.merges, vocab),
    ignoreMerges: flagAt(model.ignore_merges, "model.ignore_merges", false),
    unkToken: readUnknown(model.unk_token ?? null, vocab),
    fuseUnk: flagAt(model.fuse_unk, "model.fuse_unk", false),
    addedTokens: readAddedTokens(file.added_tokens ?? [], vocab),
    normalize: readNormalizer(file.normalizer ?? null),
    preTokenizers: readPreTokenizer(file.pre_tokenizer ?? null),
  };
}

/** What was given in place of a `tokenizer.json`. */
function refuseParts(file: Table): never {
  const parts = Object.keys(file).filter((key) => file[key] !== undefined);
  const found = parts.length > 0 ? parts.slice(0, 8).join(", ") : "nothing";
  const lacking = ["vocab", "merges"].filter((half) => !parts.includes(half));
  const half = lacking.length === 1 ? ` and no ${lacking[0]}` : "";
  return refuse(
    `model is undefined; given are ${found}${half}`,
    "expected a tokenizer.json, or { vocab, merges } with merges.txt as a file",
  );
}

interface Vocab extends Pick<TokenizerSpec, "vocab" | "tokens"> {
  /** The same to look tokens up: twice as fast. */
  ids: ReadonlyMap<string, number>;
}

function readVocab(value: unknown): Vocab {
  const vocab = tableAt(value, "model.vocab");
  const ids = new Map<string, number>();
  const tokens: string[] = [];
  for (const token in vocab) {
    const id = vocab[token];
    if (!isId(id)) return refuseId(id, `model.vocab[${JSON.stringify(token)}]`);
    const other = tokens[id];
    if (other !== undefined)
      refuse(
        `the tokens ${JSON.stringify(other)} and ${JSON.stringify(token)} both have the id ${id}`,
        "ids are unique",
      );
    if (/\p{Surrogate}/u.test(token))
      refuse(`the token ${JSON.stringify(token)} is no Unicode text`, "the file is damaged");
    ids.set(token, id);
    tokens[id] = token;
  }
  if (tokens.length === 0) refuse("model.vocab is empty", "expected token → id");
  return { vocab: vocab as Record<string, number>, ids, tokens };
}

/** Where every byte is a token none is unknown, and the name is idle. */
function readUnknown(token: unknown, { ids }: Vocab): string | null {
  if (token === null || (typeof token === "string" && ids.has(token))) return token;
  if (typeof token === "string" && BYTE_CHARACTERS.every((character) => ids.has(character))) return null;
  return refuse(`model.unk_token is ${show(token)}`, "expected null or a token of the vocabulary");
}

function readMerges(value: unknown, { ids }: Vocab): TokenizerSpec["merges"] {
  const merges = listAt(value, "model.merges");
  const pairOf = (merge: unknown, rank: number): [string, string] => {
    const pair = typeof merge === "string" ? halves(merge) : listAt(merge, `model.merges[${rank}]`);
    const [left, right] = pair;
    if (typeof left !== "string" || typeof right !== "string" || pair.length > 2)
      return refuse(`model.merges[${rank}] is ${show(merge)}`, "expected two tokens");
    return [left, right];
  };
  for (const [rank, merge] of merges.entries()) {
    const [left, right] = pairOf(merge, rank);
    const missing = [left, right, left + right].find((token) => !ids.has(token));
    if (missing !== undefined)
      refuse(`merge ${rank} (${left} ${right}) needs the token ${JSON.stringify(missing)}`, "model.vocab lacks it");
  }
  return merges.every((merge) => typeof merge === "string") ? merges : merges.map(pairOf);
}

/** What is on either side of the one space; faster than `split`, and there are 50,000 of them. */
function halves(merge: string): string[] {
  const space = merge.indexOf(" ");
  return space < 0 || space < merge.lastIndexOf(" ") ? [] : [merge.slice(0, space), merge.slice(space + 1)];
}

function readAddedTokens(value: unknown, vocab: Vocab): AddedToken[] {
  const contents = new Map<number, string>();
  const ids = new Map<string, number>();
  return listAt(value, "added_tokens").map((entry, index) => {
    const where = `added_tokens[${index}]`;
    const token = tableAt(entry, where);
    const { content } = token;
    if (typeof content !== "string" || content === "")
      return refuse(`${where}.content is ${show(content)}`, "expected the token's text");
    const id = idAt(token.id, `${where}.id`);
    const owner = contents.get(id) ?? vocab.tokens[id];
    if (owner !== undefined && owner !== content)
      refuse(`${where} is ${JSON.stringify(content)} with the id ${id} of ${JSON.stringify(owner)}`, "ids are unique");
    const known = ids.get(content) ?? vocab.ids.get(content) ?? id;
    if (known !== id)
      refuse(`${where} gives ${JSON.stringify(content)} the id ${id}`, `it has the id ${known} already`);
    contents.set(id, content);
    ids.set(content, id);
    return {
      id,
      content,
      single_word: flagAt(token.single_word, `${where}.single_word`, false),
      lstrip: flagAt(token.lstrip, `${where}.lstrip`, false),
      rstrip: flagAt(token.rstrip, `${where}.rstrip`, false),
      normalized: flagAt(token.normalized, `${where}.normalized`, !token.special),
    };
  });
}

const FORMS = ["NFC", "NFD", "NFKC", "NFKD"];

function readNormalizer(value: unknown): (text: string) => string {
  if (value === null) return (text) => text;
  const { type, normalizers } = tableAt(value, "normalizer");
  if (type === "Sequence") {
    const steps = listAt(normalizers, "normalizer.normalizers").map(readNormalizer);
    return (text) => steps.reduce((result, step) => step(result), text);
  }
  if (typeof type === "string" && FORMS.includes(type)) return (text) => text.normalize(type);
  return refuse(`normalizer.type is ${show(type)}`, `supported: none, ${FORMS.join(", ")}, Sequence of them`);
}
