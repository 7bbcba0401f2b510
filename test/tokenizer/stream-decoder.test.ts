import fc from "fast-check";
import { expect, test } from "vitest";
import { StreamDecoder } from "../../worker/tokenizer/stream-decoder";
import { createTokenizer } from "../../worker/tokenizer/tokenizer";
import { demo, gpt2 } from "./vocabularies";

const tokenizers = [await createTokenizer(gpt2, "huggingface"), await createTokenizer(demo, "huggingface")];
const [tokenizer] = tokenizers as [(typeof tokenizers)[number]];

function pieces(ids: ArrayLike<number>, { bytes } = tokenizer): string[] {
  const decoder = new StreamDecoder(bytes);
  return [...Array.from(ids, (id) => decoder.push(id)), decoder.flush()];
}

const halfACharacter = /\p{Surrogate}|\uFFFD/u;

test("a character comes when its last byte is there", () => {
  const ids = tokenizer.encode("🫠!");
  expect(ids.length).toBeGreaterThan(2);
  expect(pieces(ids)).toEqual([...Array(ids.length - 2).fill(""), "🫠", "!", ""]);
});

test("no piece of a text holds half a character, and joined they are the text", () => {
  const text = fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" })), { maxLength: 5 });
  fc.assert(
    fc.property(text, fc.constantFrom(...tokenizers), (parts, any) => {
      const whole = parts.join("").replace(/\p{Surrogate}|\uFFFD/gu, "?");
      const streamed = pieces(any.encode(whole), any);
      expect(streamed.filter((piece) => halfACharacter.test(piece))).toEqual([]);
      expect(streamed.join("")).toBe(whole);
    }),
    { numRuns: 500 },
  );
});

test("for any ids, the pieces joined are the decode of all at once", () => {
  const id = fc.oneof(fc.nat(256), fc.nat(256), fc.nat(50_300));
  fc.assert(
    fc.property(fc.array(id, { maxLength: 40 }), fc.constantFrom(...tokenizers), (ids, any) => {
      expect(pieces(ids, any).join("")).toBe(any.decode(ids));
    }),
    { numRuns: 3000 },
  );
});

test("for any bytes, in any tokens, the pieces joined are the decode of all at once", () => {
  const hard = fc.constantFrom(
    0x00,
    0x41,
    0x80,
    0xbf,
    0xc3,
    0xe0,
    0xa0,
    0xed,
    0xef,
    0xbb,
    0xbf,
    0xf0,
    0x90,
    0xf4,
    0xff,
  );
  const token = fc.uint8Array({ maxLength: 5 }).chain((any) =>
    fc.oneof(
      fc.constant(any),
      fc.array(hard).map((b) => Uint8Array.from(b)),
    ),
  );
  fc.assert(
    fc.property(fc.array(token), (tokens) => {
      const whole = Uint8Array.from(tokens.flatMap((bytes) => [...bytes]));
      const streamed = pieces([...tokens.keys()], { ...tokenizer, bytes: (id) => tokens[id] ?? new Uint8Array() });
      expect(streamed.join("")).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(whole));
    }),
    { numRuns: 3000 },
  );
});

test("a byte-order mark at the start is text", () => {
  expect(pieces(tokenizer.encode("\uFEFFhi"))).toEqual(["", "", "\uFEFF", "hi", ""]);
});

test("what is held back at the end comes as U+FFFD, and the decoder is as new", () => {
  const decoder = new StreamDecoder(tokenizer.bytes);
  const [first = -1] = tokenizer.encode("🫠");
  expect([decoder.push(first), decoder.flush()]).toEqual(["", "\uFFFD"]);
  expect([decoder.push(64), decoder.flush()]).toEqual(["a", ""]);
});

test("an id without a token is no text, not even between the bytes of a character", () => {
  const ids = [...tokenizer.encode("🫠")];
  expect(pieces([50_300, ...ids.flatMap((id) => [id, 50_300])]).join("")).toBe("🫠");
});
