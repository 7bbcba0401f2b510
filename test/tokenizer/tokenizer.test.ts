import { describe, expect, test } from "vitest";
import { createTokenizer } from "../../worker/tokenizer/tokenizer";
import { backends, gpt2 } from "./vocabularies";

describe.each(backends)("%s on GPT-2's vocabulary", async (backend) => {
  const tokenizer = await createTokenizer(gpt2, backend);

  test.each([
    ["", []],
    ["y is ?", [88, 318, 5633]],
    ["a\n\nb", [64, 198, 198, 65]],
    ["\uFEFFhi", [171, 119, 123, 5303]],
    ["Hello, I am", [15496, 11, 314, 716]],
    ["x<|endoftext|>y", [87, 50256, 88]],
  ])("%j", (text, ids) => {
    expect([...tokenizer.encode(text)]).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text);
  });

  test("padding ids decode to nothing", () => {
    expect(tokenizer.vocabSize).toBe(50257);
    expect(tokenizer.decode([50256, 50300, 64])).toBe("<|endoftext|>a");
    expect(tokenizer.bytes(50300)).toEqual(new Uint8Array());
  });
});
