import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combine } from "../../worker/tokenizer/combine";
import { createTokenizer } from "../../worker/tokenizer/tokenizer";
import pairUrl from "../golden/tokenizer-pair.json?url";
import variantsUrl from "../golden/tokenizer-variants.json?url";
import tokensUrl from "../golden/tokens.json?url";
import { backends, demo, gpt2, readJSON, small } from "./vocabularies";

interface Row {
  text: string;
  ids: number[];
  decoded?: string;
}
const golden = await readJSON<{ strings: Row[]; decodes: Row[]; newLetters: Row[] }>(tokensUrl);
const { variants } = await readJSON<{ variants: { name: string; parts: { model?: object }; strings: Row[] }[] }>(
  variantsUrl,
);
const { cases, ...pair } = await readJSON<{
  vocab: unknown;
  merges: string;
  cases: { name: string; files: object; strings: Row[] }[];
}>(pairUrl);

/** Whole blocks that Unicode 14 had filled, so that no engine's newer tables find more letters in them. */
const BLOCKS = [
  [0, 0x24f],
  [0x300, 0x4ff],
  [0x590, 0x6ff],
  [0x900, 0x97f],
  [0xe00, 0xe7f],
  [0x1100, 0x11ff],
  [0x1e00, 0x206f],
  [0x2100, 0x2bff],
  [0x3000, 0x30ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xd800, 0xffff],
  [0x10330, 0x1034a],
  [0x1d400, 0x1d7ff],
  [0x1f000, 0x1faff],
  [0x20000, 0x2a6df],
  [0xe0000, 0xe01ef],
] as const;

/** Characters and lone surrogates, words, white space of both tables, markers, in any order. */
const anyText = fc
  .array(
    fc.oneof(
      ...BLOCKS.map(([min, max]) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code))),
      fc.constantFrom(" ", "  ", "\n", "\r\n", "\u0085", "\uFEFF", "'s", "'LL", "the", " owl", "7", "?"),
      fc.constantFrom("<|endoftext|>", "<|end", "👩‍👩‍👧", "__proto__", "\0"),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, "\uFFFD");

describe.each(backends)("%s on GPT-2's vocabulary", async (backend) => {
  const tokenizer = await createTokenizer(gpt2, backend);

  test("a thousand tricky strings have Hugging Face's ids", () => {
    expect(golden.strings.map(({ text }) => [...tokenizer.encode(text)])).toEqual(golden.strings.map(({ ids }) => ids));
  });

  test("and decode to themselves", () => {
    expect(golden.strings.map(({ ids }) => tokenizer.decode(ids))).toEqual(
      golden.strings.map(({ text, decoded }) => decoded ?? text),
    );
  });

  test("ids cut inside characters decode as Hugging Face's", () => {
    expect(golden.decodes.map(({ ids }) => tokenizer.decode(ids))).toEqual(golden.decodes.map(({ text }) => text));
  });

  test("so have letters of Unicode 15 to 17 by themselves", () => {
    for (const { text, ids } of golden.newLetters) {
      expect([...tokenizer.encode(text)]).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  test("spaces before punctuation and a byte-order mark stay", () => {
    for (const text of ["y is ?", " ?", "x != y , I 'm", "\uFEFFhi"])
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect([...tokenizer.encode("y is ?")]).toEqual([88, 318, 5633]);
    expect([...tokenizer.encode("\uFEFFhi")]).toEqual([171, 119, 123, 5303]);
  });

  test("ids beyond the vocabulary decode to nothing", () => {
    expect(tokenizer.vocabSize).toBe(50257);
    expect(tokenizer.decode([50256, 50300, 64, -1, 2 ** 31, 1.5])).toBe("<|endoftext|>a");
    expect(tokenizer.bytes(50300)).toEqual(new Uint8Array());
  });

  test("a letter's bytes may be spread over tokens", () => {
    expect(Array.from(tokenizer.encode("é中"), (id) => [...tokenizer.bytes(id)])).toEqual([
      [0xc3, 0xa9],
      [0xe4, 0xb8, 0xad],
    ]);
  });

  test("100 kB of text take less than two seconds, with spaces or without", () => {
    const prose = golden.strings.map(({ text }) => text).join(" ");
    for (const text of [prose.repeat(9).slice(0, 100_000), "a".repeat(100_000), "语".repeat(33_000)]) {
      const start = performance.now();
      const ids = tokenizer.encode(text);
      expect(performance.now() - start).toBeLessThan(2000);
      expect(tokenizer.decode(ids)).toBe(wellFormed(text));
    }
  });
});

describe.each(backends)("%s with more in tokenizer.json", (backend) => {
  const base = combine(gpt2) as { model: object };

  test.each(variants)("$name: Hugging Face's ids", async ({ parts, strings }) => {
    const tokenizer = await createTokenizer(
      { json: { ...base, ...parts, model: { ...base.model, ...parts.model } } },
      backend,
    );
    expect(strings.map(({ text }) => ({ text, ids: [...tokenizer.encode(text)] }))).toEqual(strings);
  });

  test("added tokens keep the file's ids, and letters of the byte alphabet are letters", async () => {
    const added_tokens = [
      { id: 300, content: "Začnimo" },
      { id: 301, content: "međa Ġx" },
      { id: 5000, content: "<|gap|>" },
    ];
    const tokenizer = await createTokenizer({ json: { ...small, added_tokens } }, backend);
    for (const { id, content } of added_tokens) {
      expect(tokenizer.decode([id])).toBe(content);
      expect([...tokenizer.encode(content)]).toEqual([id]);
    }
    expect(tokenizer.vocabSize).toBe(5001);
    expect(tokenizer.decode(tokenizer.encode("č Ġ"))).toBe("č Ġ");
  });

  test("a single word is touched by nothing that Unicode counts to words (UTS 18, annex C)", async () => {
    const added_tokens = [{ id: 300, content: "<s>", single_word: true }];
    const tokenizer = await createTokenizer({ json: { ...small, added_tokens } }, backend);
    const isFound = (text: string) => tokenizer.encode(text).includes(300);
    const [mark, digit, undertie, joiner] = ["\u0301", "\uFF11", "\u203F", "\u200D"];
    for (const touching of ["é", "𝒳", mark, digit, "_", undertie, joiner])
      expect([isFound(`${touching}<s>`), isFound(`<s>${touching}`)], touching).toEqual([false, false]);
    for (const touching of ["²", "-", "😀", "\u200B", " "])
      expect([isFound(`${touching}<s>`), isFound(`<s>${touching}`)], touching).toEqual([true, true]);
  });

  test("where the file does not say, an added token is looked for in the normalized text unless it is special", async () => {
    const added_tokens = [
      { id: 300, content: "ﬁ" },
      { id: 301, content: "ﬂ", special: true },
    ];
    const json = { ...small, normalizer: { type: "NFKC" }, added_tokens };
    const tokenizer = await createTokenizer({ json }, backend);
    const { f, l } = small.model.vocab as Record<string, number>;
    expect([...tokenizer.encode("fiﬁ")]).toEqual([300, 300]);
    expect([...tokenizer.encode("flﬂ")]).toEqual([f, l, 301]);
  });

  test("a byte without a token is the unknown token, and several in a row are one where the file fuses them", async () => {
    const { z: _, ...vocab } = small.model.vocab as Record<string, number>;
    const ids = async (fuse_unk: boolean) => {
      const model = { ...small.model, vocab: { ...vocab, "<unk>": 300 }, unk_token: "<unk>", fuse_unk };
      const tokenizer = await createTokenizer({ json: { ...small, model } }, backend);
      return [...tokenizer.encode("azzaz")];
    };
    expect(await ids(false)).toEqual([vocab.a, 300, 300, vocab.a, 300]);
    expect(await ids(true)).toEqual([vocab.a, 300, vocab.a, 300]);
  });

  test("what was added to vocab.json and merges.txt has transformers' ids", async () => {
    const tokenizer = await createTokenizer({ ...gpt2, added: { "<|pad|>": 50257, "<|user|>": 50258 } }, backend);
    expect([...tokenizer.encode("Hi<|user|> a <|pad|>x")]).toEqual([17250, 50258, 257, 220, 50257, 87]);
    expect(tokenizer.decode([50258, 50256])).toBe("<|user|><|endoftext|>");
  });

  test("merges may be pairs or lines, and a vocabulary entry outside the byte alphabet is its own text", async () => {
    const model = {
      ...small.model,
      vocab: { ...(small.model.vocab as object), "→": 259 },
      merges: [
        ["h", "e"],
        ["he", "l"],
      ],
    };
    const tokenizer = await createTokenizer({ json: { ...small, model } }, backend);
    expect([...tokenizer.encode("hel")]).toEqual([257]);
    expect(tokenizer.decode([257, 259])).toBe("hel→");
  });

  test("merges are read where lines can't hold them: a token with a space, or one that begins as a version", async () => {
    const pairs = [
      ["h", "e"],
      ["#version", "h"],
      ["e l", "l"],
      ["he", "l"],
    ];
    const tokens = ["#version", "#versionh", "e l", "e ll"];
    const vocab = {
      ...(small.model.vocab as object),
      ...Object.fromEntries(tokens.map((token, i) => [token, 259 + i])),
    };
    const tokenizer = await createTokenizer(
      { json: { ...small, model: { ...small.model, vocab, merges: pairs } } },
      backend,
    );
    expect([...tokenizer.encode("hel")]).toEqual([257]);
  });

  test("ignore_merges takes a whole word that is a token", async () => {
    const model = { ...small.model, merges: ["h e"], ignore_merges: true };
    const tokenizer = await createTokenizer({ json: { ...small, model } }, backend);
    expect([...tokenizer.encode("hel help")]).toEqual([257, ...tokenizer.encode(" "), 256, ...tokenizer.encode("lp")]);
  });
});

describe.each(backends)("%s on vocab.json and merges.txt", (backend) => {
  test.each(cases)("$name: transformers' ids", async ({ files, strings }) => {
    const tokenizer = await createTokenizer({ ...pair, ...files }, backend);
    expect(strings.map(({ text }) => ({ text, ids: [...tokenizer.encode(text)] }))).toEqual(strings);
  });

  test("a named token that is nowhere has no id, and takes none", async () => {
    const tokenizer = await createTokenizer({ ...gpt2, config: { pad_token: "[PAD]" } }, backend);
    expect(tokenizer.vocabSize).toBe(50257);
    expect(tokenizer.encode("[PAD]")).toEqual((await createTokenizer(gpt2, backend)).encode("[PAD]"));
  });
});

describe.each([
  ["GPT-2's vocabulary", gpt2],
  ["the demo's", demo],
])("the two backends on %s", async (_, files) => {
  const rust = await createTokenizer(files, "web-tokenizers");
  const light = await createTokenizer(files, "huggingface");

  test("give the same ids for any text, and the text back", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const ids = rust.encode(text);
        expect(light.encode(text)).toEqual(ids);
        expect(rust.decode(ids)).toBe(wellFormed(text));
        expect(light.decode(ids)).toBe(wellFormed(text));
      }),
      { numRuns: 2000 },
    );
  });

  test("give the text back where their Unicode differs", () => {
    for (const { text } of golden.newLetters)
      for (const tokenizer of [rust, light])
        expect(tokenizer.decode(tokenizer.encode(`${text}'s ${text}1`))).toBe(`${text}'s ${text}1`);
  });

  test("decode any ids alike", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(260), fc.nat(rust.vocabSize + 5))), (ids) => {
        expect(light.decode(ids)).toBe(rust.decode(ids));
      }),
    );
  });
});
