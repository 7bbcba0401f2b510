import { expect, test, vi } from "vitest";
import { GPTError } from "../../worker/errors";
import { combine } from "../../worker/tokenizer/combine";
import { createTokenizer } from "../../worker/tokenizer/tokenizer";
import { backends, gpt2, small } from "./vocabularies";

const model = (parts: object) => ({ ...small, model: { ...small.model, ...parts } });
const added = (...tokens: unknown[]) => ({ ...small, added_tokens: tokens });
const cut = (step: unknown) => ({ ...small, pre_tokenizer: step });
const byteLevel = { type: "ByteLevel", add_prefix_space: false };

const damaged: [string, unknown, string][] = [
  ["a page", "<!doctype html>", 'the file is "<!doctype html>"'],
  ["null", null, "the file is null"],
  ["a list", [], "the file is []"],
  [
    "no model",
    { ...small, model: undefined },
    "model is undefined; given are added_tokens, normalizer, pre_tokenizer;",
  ],
  ["nothing at all", {}, "model is undefined; given are nothing;"],
  ["half of the older pair", { vocab: {} }, "model is undefined; given are vocab and no merges;"],
  ["the other half", { merges: "" }, "model is undefined; given are merges and no vocab;"],
  [
    "merges as a list",
    { vocab: {}, merges: ["h e"] },
    "expected a tokenizer.json, or { vocab, merges } with merges.txt",
  ],
  ["a list for a vocabulary", model({ vocab: [] }), "model.vocab is []"],
  ["an empty vocabulary", model({ vocab: {}, merges: [] }), "model.vocab is empty"],
  ["an id that is text", model({ vocab: { a: "1" }, merges: [] }), 'model.vocab["a"] is "1"'],
  ["a negative id", model({ vocab: { a: -1 }, merges: [] }), 'model.vocab["a"] is -1'],
  ["half an id", model({ vocab: { a: 0.5 }, merges: [] }), 'model.vocab["a"] is 0.5'],
  ["an id twice", model({ vocab: { a: 1, b: 1 }, merges: [] }), 'the tokens "a" and "b" both have the id 1'],
  ["half a character", model({ vocab: { "\ud800": 1 }, merges: [] }), 'the token "\\ud800" is no Unicode text'],
  ["no merges", model({ merges: undefined }), "model.merges is undefined"],
  ["a merge of one", model({ merges: ["he"] }), 'model.merges[0] is "he"'],
  ["a merge of three", model({ merges: [["h", "e", "l"]] }), 'model.merges[0] is ["h", "e", "l"]'],
  ["a merge of numbers", model({ merges: [[1, 2]] }), "model.merges[0] is [1, 2]"],
  ["a merge without a token", model({ merges: ["h z"] }), 'merge 0 (h z) needs the token "hz"'],
  [
    "an unk_token that a byte needs and the vocabulary lacks",
    model({ vocab: { a: 0 }, merges: [], unk_token: "<unk>" }),
    'model.unk_token is "<unk>"',
  ],
  ["an unk_token that is no text", model({ unk_token: 0 }), "model.unk_token is 0"],
  ["an added token without text", added({ id: 300 }), "added_tokens[0].content is undefined"],
  ["an added token without an id", added({ content: "x" }), "added_tokens[0].id is undefined"],
  [
    "an added token with another's id",
    added({ id: 0, content: "<|x|>" }),
    'added_tokens[0] is "<|x|>" with the id 0 of "!"',
  ],
  ["an added token of two ids", added({ id: 300, content: "he" }), 'added_tokens[0] gives "he" the id 300'],
  [
    "an added token twice",
    added({ id: 300, content: "<x>" }, { id: 301, content: "<x>" }),
    'added_tokens[1] gives "<x>"',
  ],
  ["a flag that is text", added({ id: 300, content: "<x>", lstrip: "no" }), 'added_tokens[0].lstrip is "no"'],
  [
    "a broken pattern",
    cut({ type: "Sequence", pretokenizers: [{ type: "Split", pattern: {}, behavior: "Isolated" }, byteLevel] }),
    "Split.pattern is {}",
  ],
];

const unsupported: [string, unknown, string][] = [
  ["WordPiece", model({ type: "WordPiece" }), 'model.type is "WordPiece"'],
  ["Unigram", model({ type: "Unigram" }), 'model.type is "Unigram"'],
  ["a model without a type", { ...small, model: { vocab: {} } }, "model.type is undefined"],
  ["CLIP's suffix", model({ end_of_word_suffix: "</w>" }), 'model.end_of_word_suffix is "</w>"'],
  ["sentencepiece's BPE", cut(null), "pre_tokenizer is null with 0 ByteLevel steps"],
  ["Metaspace", cut({ type: "Metaspace" }), 'a pre-tokenizer is "Metaspace"'],
  [
    "words of white space",
    cut({ type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, byteLevel] }),
    'a pre-tokenizer is "WhitespaceSplit"',
  ],
  ["digits alone", cut({ type: "Digits" }), 'pre_tokenizer is "Digits" with 0 ByteLevel steps'],
  [
    "bytes of bytes",
    cut({ type: "Sequence", pretokenizers: [byteLevel, byteLevel] }),
    'pre_tokenizer is "Sequence" with 2 ByteLevel steps',
  ],
  [
    "a split that loses text",
    cut({
      type: "Sequence",
      pretokenizers: [{ type: "Split", pattern: { String: " " }, behavior: "Removed" }, byteLevel],
    }),
    'Split.behavior is "Removed"',
  ],
  ["lower case", { ...small, normalizer: { type: "Lowercase" } }, 'normalizer.type is "Lowercase"'],
];

test.each([...damaged, ...unsupported])("%s is refused by name", async (_, json, found) => {
  const error = await createTokenizer({ json }, "huggingface").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GPTError);
  expect(error).toMatchObject({ code: "bad-tokenizer", message: expect.stringContaining(found) });
});

test.each(backends)("%s: a pattern it can't read is an error that says so", async (backend) => {
  const json = cut({
    type: "Sequence",
    pretokenizers: [{ type: "Split", pattern: { Regex: "(" }, behavior: "Isolated" }, byteLevel],
  });
  using _quiet = vi.spyOn(console, "error").mockImplementation(() => {}); // web-tokenizers' panic
  await expect(createTokenizer({ json }, backend)).rejects.toMatchObject({
    code: "bad-tokenizer",
    message: expect.stringMatching(`${backend} can't read it`),
  });
});

test("merges.txt with a line that is no pair is refused by its number", () => {
  expect(() => combine({ vocab: {}, merges: "#version: 0.2\nh e\n<html>\n" })).toThrow(
    'merges.txt: line 3 is "<html>"',
  );
  expect(() => combine({ vocab: {}, merges: "h e\nh e l" })).toThrow("merges.txt: line 2");
});

test.each<[unknown, string]>([
  [[], "added_tokens.json is []"],
  [{ "<x>": "50257" }, 'added_tokens[1].id is "50257"'],
  [{ "<x>": 64 }, 'added_tokens[1] is "<x>" with the id 64 of "a"'],
])("added_tokens.json of %j is refused by name", async (added, found) => {
  const opening = createTokenizer({ ...gpt2, added }, "huggingface");
  await expect(opening).rejects.toMatchObject({ code: "bad-tokenizer", message: expect.stringContaining(found) });
});

test.each<[object, string]>([
  [{ config: [] }, "tokenizer_config.json is []"],
  [{ config: { added_tokens_decoder: null } }, "added_tokens_decoder is null"],
  [{ config: { added_tokens_decoder: { "50257": "<x>" } } }, 'added_tokens_decoder[50257] is "<x>"'],
  [{ config: { added_tokens_decoder: { x: { content: "<x>" } } } }, "added_tokens[1].id is NaN"],
  [{ config: { added_tokens_decoder: { "0": { content: "<x>" } } } }, 'added_tokens[1] is "<x>" with the id 0 of "!"'],
  [{ config: { add_prefix_space: 1 } }, "ByteLevel.add_prefix_space is 1"],
  [{ special: "<x>" }, 'special_tokens_map.json is "<x>"'],
])("what lies beside the older pair, as %j, is refused by name", async (beside, found) => {
  const opening = createTokenizer({ ...gpt2, ...beside }, "huggingface");
  await expect(opening).rejects.toMatchObject({ code: "bad-tokenizer", message: expect.stringContaining(found) });
});

test("merges.txt may lack its first line, and end its lines as Windows does", () => {
  const merges = (text: string) => (combine({ vocab: {}, merges: text }) as typeof small).model.merges;
  expect(merges("#version: 0.2\r\nh e\r\n# #\r\n")).toEqual([
    ["h", "e"],
    ["#", "#"],
  ]);
  expect(merges("# version\nh e")).toEqual([
    ["#", "version"],
    ["h", "e"],
  ]);
  expect(merges("#version: 0.2\n#version s")).toEqual([["#version", "s"]]);
});
